"""After paying: a page that waits until the money is confirmed, and then says thanks."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.core.answering import home_url, page_language, private_page, the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import shown
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.extensions import db
from app.memberships.gifts.pages import day
from app.memberships.joining.checkouts import label, way_back
from app.memberships.joining.models import OPEN, PAID, PROCESSING, Intent
from app.memberships.queries_money import has_gone
from app.newsletters.lists import ListRead, all_lists
from app.newsletters.pages import NewsletterForm
from app.payments import kinds
from app.payments.inbox import mark
from app.payments.models import DirtyKey

bp = Blueprint("joined", __name__)

LOOKED_LATELY = timedelta(seconds=5)
QUICK_TIMES, MOST_TIMES = 20, 999
QUICK_SECONDS, SLOW_SECONDS = 3, 30


@localized(bp, "/join/thanks/<token>/")
@access("public")
def thanks(token: str) -> ResponseReturnValue:
    """Say how far a payment is; have it looked at, should nothing have been heard of it."""
    intent = db.session.scalars(
        select(Intent).where(Intent.thanks_hash == token_hash(token))
    ).one_or_none()
    if intent is None:
        abort(HTTPStatus.NOT_FOUND)
    moment = now(db.session)
    if intent.state == PAID:
        gone = has_gone(db.session, intent.id, moment)
        return _gone() if gone else _thanks(intent, moment)
    if intent.state in {OPEN, PROCESSING}:
        _have_it_looked_at(intent, moment)
        return _processing(intent)
    return private_page(
        "memberships/thanks_failed.html",
        _("Nothing was paid"),
        state=intent.state,
        back_url=way_back(intent),
    )


def _thanks(intent: Intent, moment: datetime) -> Response:
    language = page_language()
    money = shown(Money(intent.amount_minor, intent.currency), language)
    rhythms = {"month": _("%(amount)s a month"), "year": _("%(amount)s a year")}
    rhythm = rhythms.get(intent.interval or "", _("%(amount)s once"))
    offered = (one for one in all_lists(db.session) if one.open and one.listed)
    return private_page(
        "memberships/thanks.html",
        _("Thank you"),
        kind=intent.kind,
        what=label(the_settings(), intent),
        paid=rhythm % {"amount": money},
        recipient=intent.recipient_address,
        writes_on=day(at) if (at := intent.deliver_at) and at > moment else "",
        lists=[_letter(one, language) for one in offered],
        action=url_for("newsletters.subscribe_to_several"),
        account_url=f"{home_url()}account/",
        home_url=home_url(),
    )


def _gone() -> Response:
    return private_page(
        "memberships/thanks_gone.html",
        _("Your money is not with us"),
        account_url=f"{home_url()}account/",
        home_url=home_url(),
    )


def _letter(one: ListRead, language: str) -> NewsletterForm:
    return NewsletterForm(
        slug=one.slug,
        name=in_language(one.name, language),
        description=in_language(one.description, language),
        cadence=in_language(one.cadence, language),
        action="",
        from_path="",
        field_id="",
    )


def _processing(intent: Intent) -> Response:
    """Return a page that loads itself again, without script: often at first, then seldom."""
    times = min(request.args.get("times", 0, type=int), MOST_TIMES)
    is_quick = intent.state == OPEN and 0 <= times < QUICK_TIMES
    return private_page(
        "memberships/thanks_processing.html",
        _("Your payment is on its way"),
        state=intent.state,
        seconds=QUICK_SECONDS if is_quick else SLOW_SECONDS,
        again_url=f"{request.path}?times={times + 1}",
        home_url=home_url(),
    )


def _have_it_looked_at(intent: Intent, moment: datetime) -> None:
    """Mark the checkout, unless somebody has yet to look or has just looked."""
    page = intent.checkout_id
    if page is None or _is_looked_at(page, moment):
        return
    db.release()  # the mark is written by a session of its own; ours cannot write
    with db.database.write() as session:
        mark(session, kinds.CHECKOUT, page)
        session.commit()


def _is_looked_at(page: str, moment: datetime) -> bool:
    is_it = (DirtyKey.kind == kinds.CHECKOUT) & (DirtyKey.object_id == page)
    key = db.session.execute(select(DirtyKey.done_at, DirtyKey.parked_at).where(is_it)).first()
    if key is None or key.parked_at is not None:
        return False
    return key.done_at is None or moment - key.done_at < LOOKED_LATELY
