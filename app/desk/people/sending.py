"""What can be sent to a person once more, and why it cannot where it cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import in_full
from app.core.settings import Settings
from app.mail import suppression
from app.mail.sent import written_since
from app.memberships.account.words import Voice
from app.memberships.orders import resending
from app.newsletters.asking_again import ask_again, may_be_mailed, waiting_lists
from app.people import way_in
from app.people.reaching import Reach

DAY = timedelta(days=1)
MOST_A_DAY = 5
MOST_OFFERED = 30
CONFIRM, RECEIPT, WELCOME, GIFT_CODE, WAY_IN = (
    "confirm",
    resending.RECEIPT,
    resending.WELCOME,
    resending.GIFT_CODE,
    way_in.TEMPLATE,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be sent.

    Attributes:
        value: Of its choice in the form.
        words: What it is.
        template: By which it is counted, and written down.
        send: Queues it; flushed, not committed.
    """

    value: str
    words: str
    template: str
    send: Callable[[Session, datetime], None]


def offers(session: Session, voice: Voice, reach: Reach) -> list[Offer]:
    """Return what can be sent to somebody as things stand."""
    found = [
        Offer(
            WAY_IN,
            _("The way to their account: a mail that leads to the page where they sign in"),
            WAY_IN,
            lambda writing, now: way_in.send(writing, reach, now),
        )
    ]
    lists = waiting_lists(session, reach.person_id)
    if lists:
        found.append(
            Offer(
                CONFIRM,
                _("The question whether they want the lists that they asked for"),
                CONFIRM,
                lambda writing, now: ask_again(writing, reach, lists, now),
            )
        )
    return [*found, *_about_money(session, voice, reach)]


def _about_money(session: Session, voice: Voice, reach: Reach) -> list[Offer]:
    person_id = reach.person_id
    found = [
        _offer(
            reach,
            RECEIPT,
            row.id,
            _(
                "Receipt %(number)s of %(day)s: %(amount)s",
                number=row.receipt_number,
                day=voice.day(row.paid_at),
                amount=in_full(Money(row.amount_minor, row.currency), voice.language),
            ),
        )
        for row in resending.receipts_of(session, person_id)[:MOST_OFFERED]
    ]
    found += [
        _offer(
            reach,
            WELCOME,
            row.id,
            _("The welcome to the membership of %(day)s", day=voice.day(row.started_at)),
        )
        for row in resending.welcomes_of(session, person_id)
    ]
    found += [
        _offer(
            reach,
            GIFT_CODE,
            row.id,
            _("The code of the gift bought on %(day)s", day=voice.day(row.paid_at)),
        )
        for row in resending.codes_of(session, person_id)
    ]
    return found


def _offer(reach: Reach, template: str, row_id: int, words: str) -> Offer:
    return Offer(
        f"{template}-{row_id}",
        words,
        template,
        lambda session, now: resending.send(session, reach, template, row_id, now),
    )


def obstacle(session: Session, settings: Settings, reach: Reach | None) -> str:
    """Return why nothing can be sent to somebody, or nothing."""
    if reach is None:
        return _("No address of theirs is known.")
    if suppression.closed(session, settings, [reach.key]):
        return _(
            "Nothing is sent to %(address)s: let it be written to again first.",
            address=reach.address,
        )
    return ""


def is_enough(
    session: Session, settings: Settings, offer: Offer, reach: Reach, now: datetime
) -> bool:
    """Tell whether somebody has had enough such mails for now."""
    if offer.template == CONFIRM and not may_be_mailed(session, settings, reach, now):
        return True
    return written_since(session, reach.person_id, offer.template, now - DAY) >= MOST_A_DAY
