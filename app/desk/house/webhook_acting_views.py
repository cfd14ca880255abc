"""What is done with a system that is told by webhooks, and with single deliveries."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.house.webhook_tables import delivery_state, event_name
from app.desk.house.webhook_views import LIST, ONE, PATH, the_system
from app.desk.moments import shown_moment
from app.extensions import db
from app.newsletters.webhooks import webhooks as service
from app.newsletters.webhooks.models import WebhookDelivery
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_webhooks_acting", __name__)

DELIVERY = f"{PATH}deliveries/<int:delivery_id>/"


@localized(bp, f"{PATH}off/")
@access("admin")
def ask_off(number: int) -> ResponseReturnValue:
    """Ask whether a system is to be told nothing for now."""
    row = the_system(number)
    question = Question(
        title=_("Turn a system off"),
        sentence=_("Tell %(name)s nothing until it is turned on again.", name=row.name),
        action=url_for("desk_webhooks_acting.turn_off", number=number),
        button=_("Turn it off"),
        back=url_for(ONE, number=number),
        more=(
            _("What waits to be delivered is given up, and can be delivered anew afterwards."),
            _("It is not told of what happens meanwhile."),
        ),
    )
    return confirm_page(question)


@localized(bp, f"{PATH}off/", methods=("POST",))
@access("admin")
def turn_off(number: int) -> ResponseReturnValue:
    """Tell a system nothing until it is turned on again."""
    row = the_system(number)
    service.turn_off(db.session, row, now(db.session))
    _note("webhook.turned-off", number)
    db.commit()
    words = _("%(name)s is told nothing now.", name=row.name)
    undo = url_for("desk_webhooks_acting.turn_on", number=number)
    return then(ONE, words, undo_url=undo, number=number)


@localized(bp, f"{PATH}on/", methods=("POST",))
@access("admin")
def turn_on(number: int) -> ResponseReturnValue:
    """Tell a system again of what happens from now on."""
    row = the_system(number)
    service.enable(db.session, row, now(db.session))
    _note("webhook.turned-on", number)
    db.commit()
    words = _("%(name)s is told of what happens from now on.", name=row.name)
    return then(ONE, words, number=number)


@localized(bp, f"{PATH}remove/")
@access("admin", fresh=True)
def ask_remove(number: int) -> ResponseReturnValue:
    """Ask whether a system is to be forgotten."""
    row = the_system(number)
    question = Question(
        title=_("Remove a system"),
        sentence=_("Remove %(name)s, and forget what it was told.", name=row.name),
        action=url_for("desk_webhooks_acting.remove", number=number),
        button=_("Remove it"),
        back=url_for(ONE, number=number),
        more=(_("Its secret is worth nothing then. This cannot be taken back."),),
    )
    return confirm_page(question)


@localized(bp, f"{PATH}remove/", methods=("POST",))
@access("admin", fresh=True)
def remove(number: int) -> ResponseReturnValue:
    """Forget a system, and what it was told."""
    row = the_system(number)
    name = row.name
    before = {"name": name, "url": row.url}
    service.remove(db.session, row)
    _note("webhook.removed", number, before)
    db.commit()
    return then(LIST, _("%(name)s was removed.", name=name))


@localized(bp, f"{PATH}test/", methods=("POST",))
@access("admin")
def test(number: int) -> ResponseReturnValue:
    """Send a test, by way of the worker."""
    row = the_system(number)
    if row.disabled_at is not None:
        return then(ONE, _("It is turned off: turn it on first."), number=number)
    service.queue_test(db.session, row, now(db.session))
    _note("webhook.tested", number)
    db.commit()
    words = _("A test is on its way. Open this page again to see what became of it.")
    return then(ONE, words, number=number)


@localized(bp, f"{PATH}redeliver/", methods=("POST",))
@access("admin")
def redeliver_failed(number: int) -> ResponseReturnValue:
    """Deliver all that failed once more."""
    the_system(number)
    count = service.redeliver(db.session, now(db.session), failed_of=number)
    if count:
        _note("webhook.redelivered", number, after={"deliveries": count})
    db.commit()
    words = (
        _("What failed is delivered once more: %(count)s.", count=count)
        if count
        else _("Nothing that failed can be delivered: either nothing did, or it is turned off.")
    )
    return then(ONE, words, number=number)


@localized(bp, DELIVERY)
@access("admin")
def delivery(number: int, delivery_id: int) -> ResponseReturnValue:
    """Show one delivery, and what was answered."""
    row = _delivery(number, delivery_id)
    return desk_page(
        "desk/house/delivery.html",
        _("Delivery %(number)s to %(name)s", number=row.id, name=the_system(number).name),
        row=row,
        event=event_name(row.consent_id),
        state=delivery_state(row.state),
        made=shown_moment(row.created_at),
        due=shown_moment(row.due_at) if row.done_at is None else "",
        back_url=url_for(ONE, number=number),
    )


@localized(bp, f"{DELIVERY}again/", methods=("POST",))
@access("admin")
def redeliver(number: int, delivery_id: int) -> ResponseReturnValue:
    """Deliver one event once more, under the same id."""
    row = _delivery(number, delivery_id)
    count = service.redeliver(db.session, now(db.session), ids=[row.id])
    if count:
        _note("webhook.redelivered", number, after={"delivery": row.id})
    db.commit()
    words = (
        _("Delivery %(number)s is on its way once more.", number=row.id)
        if count
        else _("It cannot be delivered now: it is on its way already, or the system is off.")
    )
    return then(ONE, words, number=number)


def _delivery(number: int, delivery_id: int) -> WebhookDelivery:
    row = db.session.get(WebhookDelivery, delivery_id)
    if row is None or row.endpoint_id != number:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _note(
    what: str,
    number: int,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    deed = Deed(what, f"webhook:{number}", None, before or {}, after or {})
    record(db.session, the_actor(), deed, now(db.session))
