"""What the pages of gift memberships show, and to whom."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from babel.dates import format_date
from babel.units import format_unit
from flask import Response, g, url_for
from sqlalchemy.orm import Session

from app.core.answering import page_language, personal_page, the_settings
from app.core.errors import FieldError
from app.core.languages import LANGUAGES, prefix
from app.core.languages import gettext as _
from app.core.months import add_months
from app.core.settings import Settings
from app.extensions import db
from app.mail.addresses import Address
from app.memberships.account.queries import payer_of
from app.memberships.gifts.queries import GiftRead
from app.memberships.gifts.turns import begins
from app.newsletters.addresses import accepted_address
from app.newsletters.answering import the_mailboxes
from app.people.answering import begin
from app.people.sessions import signed_in

RETRY_SECONDS = "3600"
DAY = "d MMMM y"

Standing = Literal["open", "mine", "used", "void"]


@dataclass(frozen=True, slots=True)
class GiftView:
    """A gift membership on its page.

    Attributes:
        state: `open`; `mine` or `used` by somebody else; `void`, its money is not good.
        months: How long it holds, in words.
        begins: The day it begins, or empty for at once.
        ends: The day it ends.
    """

    state: Standing
    months: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class AddressField:
    """The one field of a form that asks for an address."""

    value: str = ""
    error: str = ""
    suggestion: str = ""
    notice: str = ""


EMPTY = AddressField()


def gift_view(session: Session, gift: GiftRead, now: datetime) -> GiftView:
    """Return a gift as whoever looks at it may see it."""
    viewer = signed_in()
    state: Standing = gift.state
    starts_at = gift.counts_from
    if state == "used" and viewer is not None and viewer.person_id == gift.redeemed_by_id:
        state = "mine"
    if state == "open":
        starts_at = begins(session, viewer.person_id, now) if viewer is not None else now
    ends_at = gift.ends_at or add_months(starts_at or now, gift.months)
    is_ahead = starts_at is not None and starts_at > now
    return GiftView(
        state=state,
        months=months_text(gift.months),
        begins=day(starts_at) if is_ahead and starts_at is not None else "",
        ends=day(ends_at),
    )


def viewer_address(session: Session) -> str:
    """Return the address of whoever is signed in, or an empty text."""
    viewer = signed_in()
    return payer_of(session, viewer.person_id).address if viewer is not None else ""


def wanted_address(typed: str, *, as_typed: bool) -> Address:
    """Return a typed address; it may ask DNS, so nothing of the database is held.

    Raises:
        FieldError: With one sentence for the reader.
    """
    return accepted_address(typed, the_settings(), the_mailboxes(), as_typed=as_typed)


def sign_in_for(purpose: str, ref: str | None, address: Address) -> Response | AddressField:
    """Begin the sign-in that a gift is used by; the field's notice if the network had its share."""
    begun = begin(address, purpose, ref)
    if begun is not None:
        return begun
    sentence = _("Too many sign-ins were asked for from your network. Please try again later.")
    return AddressField(address.text, notice=sentence)


def faulty(typed: str, error: FieldError) -> AddressField:
    """Return the field with what is wrong with it."""
    return AddressField(typed, error.message, error.suggestion)


def only_read() -> None:
    """Make the rest of a request one that reads: no writer waits until its page is rendered."""
    db.commit()


def gift_page(
    template: str,
    title: str,
    status: int = HTTPStatus.OK,
    **values: Any,  # noqa: ANN401 - what the template prints
) -> Response:
    """Return a page of gift memberships: kept nowhere, and told to no other site."""
    answer = personal_page(template, title, status, **values)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def account_url() -> str:
    """Return the address of the account, in the page's language."""
    return f"{prefix(page_language())}/account/"


def everywhere(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of the address
    """Let the switch of languages lead to this very page, which a code may have opened."""
    g.translations = {
        language: url_for(endpoint, language=language, **values) for language in LANGUAGES
    }


def day(moment: datetime) -> str:
    """Return the newsroom's day of a moment: `23 November 2026`."""
    settings: Settings = the_settings()
    local = moment.astimezone(settings.time_zone).date()
    return str(format_date(local, DAY, locale=page_language()))


def months_text(months: int) -> str:
    """Return a number of months in words: `12 months`."""
    return str(format_unit(months, "duration-month", length="long", locale=page_language()))
