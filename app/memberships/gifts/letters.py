"""What mails about gift memberships say, to whoever gets or takes one and to whoever gave it.

Nothing that a visitor typed is in them: neither can be used to write to strangers.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.leases import Held
from app.core.settings import Settings
from app.mail.message import Words
from app.memberships.gifts.codes import code_of
from app.memberships.gifts.models import GiftMembership
from app.memberships.pen import Pen, named, spoken

KEY = "gift_id"


def gift_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words to whoever is given a membership, if it is still there to be taken up."""
    return spoken(session, settings, rows, (KEY, _open_gifts(session, rows)), _gift)


def gift_code_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words that hand the code to whoever gives it, unless it is used already."""
    return spoken(session, settings, rows, (KEY, _open_gifts(session, rows)), _gift_code)


def gift_begun_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> dict[int, Words]:
    """Return the words to whoever took a membership up, as long as its money is good."""
    return spoken(session, settings, rows, (KEY, _gifts(session, rows, is_used=True)), _gift_begun)


def gift_used_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words to whoever gave a membership that was taken up: not who did, nor where."""
    return spoken(session, settings, rows, (KEY, _gifts(session, rows, is_used=True)), _gift_used)


def _open_gifts(session: Session, rows: Sequence[Held]) -> Mapping[int, GiftMembership]:
    found = _gifts(session, rows, is_used=False)
    return {key: one for key, one in found.items() if one.kind == "gift"}


def _gifts(
    session: Session, rows: Sequence[Held], *, is_used: bool
) -> Mapping[int, GiftMembership]:
    used = GiftMembership.redeemed_at
    found = session.scalars(
        select(GiftMembership).where(
            GiftMembership.id.in_(named(rows, KEY)),
            GiftMembership.void_at.is_(None),
            used.is_not(None) if is_used else used.is_(None),
        )
    )
    return {one.id: one for one in found}


def _gift(pen: Pen, _row: Held, gift: GiftMembership) -> Words | None:
    subject = pen.subject(pen.gettext("Somebody has given you a membership"))
    return Words(subject, _usual(pen, gift), {"code": code_of(pen.settings, gift)})


def _gift_code(pen: Pen, _row: Held, gift: GiftMembership) -> Words | None:
    sends = "" if gift.recipient_address is None else "yes"
    values = {**_usual(pen, gift), "sends": sends, "sends_on": pen.day_ahead(gift.deliver_at)}
    subject = pen.subject(pen.gettext("The code of your gift"))
    return Words(subject, values, {"code": code_of(pen.settings, gift)})


def _gift_begun(pen: Pen, _row: Held, gift: GiftMembership) -> Words | None:
    values = {
        "begins_on": pen.day_ahead(gift.redeemed_at),
        "ends_on": pen.day(gift.ends_at),
        "account_url": pen.link("/account/"),
    }
    return Words(pen.subject(pen.gettext("You have taken up a membership")), values)


def _gift_used(pen: Pen, _row: Held, gift: GiftMembership) -> Words | None:
    values = {"months": pen.months(gift.months), "account_url": pen.link("/account/")}
    return Words(pen.subject(pen.gettext("Your gift has been taken up")), values)


def _usual(pen: Pen, gift: GiftMembership) -> dict[str, str]:
    return {
        "months": pen.months(gift.months),
        "redeem_url": pen.link("/join/gift/"),
        "account_url": pen.link("/account/"),
    }
