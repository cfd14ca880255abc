"""Systems that are told by webhooks: made, changed, tested, turned off; and their secrets."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.house.webhook_forms import NAMES, read_facts, saying, typed_of
from app.desk.house.webhook_tables import (
    EVENT_WORDS,
    delivery_table,
    state_cell,
    system_table,
)
from app.desk.list_pages import list_page
from app.desk.listing import on_a_page
from app.desk.moments import shown_moment
from app.extensions import db
from app.newsletters.queries import List, read_lists
from app.newsletters.webhooks import webhooks as service
from app.newsletters.webhooks.models import WebhookEndpoint
from app.newsletters.webhooks.signing import secret_of
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_webhooks", __name__)

LIST, ONE = "desk_webhooks.systems", "desk_webhooks.system"
PATH = "/desk/webhooks/<int:number>/"


@localized(bp, "/desk/webhooks/")
@access("admin")
def systems() -> ResponseReturnValue:
    """Show every system that is told of what happens to subscriptions."""
    return list_page("desk/house/webhooks.html", _("Webhooks"), system_table())


@localized(bp, PATH)
@access("admin")
def system(number: int) -> ResponseReturnValue:
    """Show one system, and what it was told."""
    row = the_system(number)
    slugs = {one.id: one for one in read_lists(db.session)}
    lists = [slugs[one] for one in row.newsletters if one in slugs]
    return list_page(
        "desk/house/webhook.html",
        row.name,
        delivery_table(row.id),
        row=row,
        state=on_a_page(state_cell(row)),
        why=row.disabled_why if row.disabled_at else "",
        events=[EVENT_WORDS[one]() for one in row.events if one in EVENT_WORDS],
        lists=", ".join(_list_name(one) for one in lists) or _("all newsletters"),
        both_until=shown_moment(row.old_secret_until) if _two_hold(row) else "",
    )


@localized(bp, "/desk/webhooks/new/")
@access("admin", fresh=True)
def new() -> ResponseReturnValue:
    """Show the form of a new system."""
    return _form(MultiDict(("event", one) for one in NAMES))


@localized(bp, "/desk/webhooks/new/", methods=("POST",))
@access("admin", fresh=True)
def make() -> ResponseReturnValue:
    """Tell a new system from now on, and show its secret, this once."""
    settings, moment = the_settings(), now(db.session)
    try:
        facts = read_facts(request.form)
        made = saying(lambda: service.add(db.session, settings, facts, moment))
    except FieldError as error:
        return _form(request.form, error)
    assert made is not None  # noqa: S101 - adding returns it
    _note("webhook.made", made, after=_said(made))
    db.commit()
    return _secret(made, secret_of(settings, made.secret_name))


@localized(bp, f"{PATH}edit/")
@access("admin", fresh=True)
def edit(number: int) -> ResponseReturnValue:
    """Show the form of a system."""
    slugs = {one.id: one.slug for one in read_lists(db.session)}
    return _form(typed_of(the_system(number), slugs))


@localized(bp, f"{PATH}edit/", methods=("POST",))
@access("admin", fresh=True)
def change(number: int) -> ResponseReturnValue:
    """Have a system be told as is given from now on."""
    row = the_system(number)
    before = _said(row)
    try:
        facts = read_facts(request.form)
        saying(lambda: service.change(db.session, the_settings(), row, facts))
    except FieldError as error:
        db.session.rollback()
        return _form(request.form, error)
    _note("webhook.changed", row, before, _said(row))
    db.commit()
    return then(ONE, _("%(name)s is told so from now on.", name=row.name), number=number)


@localized(bp, f"{PATH}rotate/")
@access("admin", fresh=True)
def ask_rotate(number: int) -> ResponseReturnValue:
    """Ask whether a system is to get a new secret."""
    row = the_system(number)
    question = Question(
        title=_("New secret"),
        sentence=_("Give %(name)s a new secret.", name=row.name),
        action=url_for("desk_webhooks.rotate", number=number),
        button=_("Give a new secret"),
        back=url_for(ONE, number=number),
        more=(_("For a day messages are signed with the old one as well; then it is over."),),
    )
    return confirm_page(question)


@localized(bp, f"{PATH}rotate/", methods=("POST",))
@access("admin", fresh=True)
def rotate(number: int) -> ResponseReturnValue:
    """Make a new secret and show it, this once."""
    row = the_system(number)
    secret = service.rotate(db.session, the_settings(), row, now(db.session))
    _note("webhook.secret-rotated", row)
    db.commit()
    return _secret(row, secret)


def the_system(number: int) -> WebhookEndpoint:
    """Return a system, or answer that there is none."""
    row = db.session.get(WebhookEndpoint, number)
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _note(
    what: str,
    row: WebhookEndpoint,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    deed = Deed(what, f"webhook:{row.id}", None, before or {}, after or {})
    record(db.session, the_actor(), deed, now(db.session))


def _said(row: WebhookEndpoint) -> dict[str, object]:
    return {"name": row.name, "url": row.url, "events": row.events, "newsletters": row.newsletters}


def _two_hold(row: WebhookEndpoint) -> bool:
    until = row.old_secret_until
    return until is not None and until > now(db.session)


def _list_name(one: List) -> str:
    return one.name(page_language())


def _secret(row: WebhookEndpoint, secret: str) -> Response:
    return desk_page(
        "desk/house/secret.html",
        _("The secret of %(name)s", name=row.name),
        secret=secret,
        says=_("%(name)s checks with it that a message comes from here.", name=row.name),
        back_url=url_for(ONE, number=row.id),
    )


def _form(typed: "MultiDict[str, str]", error: FieldError | None = None) -> Response:
    chosen = set(typed.getlist("list"))
    return desk_page(
        "desk/house/webhook_form.html",
        _("A system that is told"),
        HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed,
        events=[(one, EVENT_WORDS[one](), one in typed.getlist("event")) for one in NAMES],
        lists=[(one.slug, _list_name(one), one.slug in chosen) for one in read_lists(db.session)],
        wrong=error.field if error else "",
        error=error.message if error else "",
        back_url=url_for(LIST),
    )
