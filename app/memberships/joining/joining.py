"""Wishes to give, kept before Stripe is asked: a page to pay on for each, and one at a time.

Every step is a transaction of its own, and Stripe is asked between them: the intent is committed,
then a page is opened under the key that stands in it, then the page's id is committed. Whoever
presses twice gets the same page; whoever changes their mind has the earlier page closed first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.caps import note_use, uses
from app.core.errors import UnwalledError
from app.core.settings import Settings
from app.core.tokens import derived_token, token_hash
from app.memberships.joining.checkouts import checkout_key, wanted_of
from app.memberships.joining.models import OPEN, PAID, PROCESSING, REPLACED, Intent
from app.memberships.joining.wishes import Wish

USE = "join"
CAP_TIME = timedelta(hours=1)
OPEN_FOR = timedelta(minutes=31)
"""Half an hour is the least that Stripe takes."""

STALE = timedelta(minutes=1)
"""A page that is about to close is not led to, and no page is asked for with less left to it."""

FIRST_LOOK = timedelta(minutes=2)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('unwalled join'))")


class TooManyError(UnwalledError):
    """Enough pages were opened within the hour.

    Attributes:
        by: `network` or `all`.
    """

    def __init__(self, by: str) -> None:
        super().__init__(f"Too many pages to pay on were opened: {by}.")
        self.by = by


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a wish: the page's nonce and the network, both as keyed hashes."""

    nonce: str
    network: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What a wish has come to.

    Attributes:
        intent: Its row; with `in_the_way`, the earlier wish's.
        in_the_way: An earlier page has to be closed before this wish can have its own.
    """

    intent: Intent
    in_the_way: bool = False

    @property
    def is_over(self) -> bool:
        """Whether money is there or on its way, so that nothing more is to be asked for."""
        return self.intent.state in {PAID, PROCESSING}


def begin(session: Session, settings: Settings, wish: Wish, asker: Asker, now: datetime) -> Begun:
    """Find the wish or write it down, unless an earlier one of the same page is in its way.

    Raises:
        TooManyError: Its network, or everybody together, had enough pages within the hour.
    """
    _one_at_a_time(session)
    last = _latest(session, asker.nonce)
    if last is not None:
        if _stands(last, wish, now):
            return Begun(last)
        if last.state == OPEN and last.checkout_id is not None:
            _check_caps(session, settings, asker.network, now)  # before a page is closed for it
            return Begun(last, in_the_way=True)
        if last.state == OPEN:  # nobody was ever led to a page of it
            replace(last, now)
    _check_caps(session, settings, asker.network, now)
    note_use(session, USE, asker.network, now)
    intent = _written(settings, wish, asker.nonce, 1 if last is None else last.revision + 1, now)
    session.add(intent)
    session.flush()
    return Begun(intent)


def has_page(session: Session, wish: Wish, asker: Asker, now: datetime) -> bool:
    """Tell whether a wish would be led on without a further page."""
    last = _latest(session, asker.nonce)
    return last is not None and _stands(last, wish, now)


def _stands(last: Intent, wish: Wish, now: datetime) -> bool:
    return Begun(last).is_over or (_is_same(last, wish) and _is_usable(last, now))


def replace(intent: Intent, now: datetime) -> None:
    """Note that another wish took an intent's place."""
    intent.state, intent.settled_at, intent.look_at = REPLACED, now, None


def refuse_crowds(session: Session, settings: Settings, asker: Asker, now: datetime) -> None:
    """Refuse who would need a further page and may not have it, without waiting for a turn.

    Raises: as `begin`.
    """
    if _latest(session, asker.nonce) is None:
        _check_caps(session, settings, asker.network, now)


def _one_at_a_time(session: Session) -> None:
    """Let wishes in one by one, so that limits hold; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_AT_A_TIME)


def _latest(session: Session, nonce: str) -> Intent | None:
    return session.scalars(
        select(Intent).where(Intent.nonce == nonce).order_by(Intent.revision.desc()).limit(1)
    ).one_or_none()


def _is_usable(intent: Intent, now: datetime) -> bool:
    """Tell whether the reader can be led to a page of this intent, made already or yet to make."""
    if intent.state != OPEN:
        return False
    if intent.checkout_id is None:
        return now - intent.created_at < STALE
    return intent.checkout_url is not None and intent.expires_at - now > STALE


def _is_same(intent: Intent, wish: Wish) -> bool:
    columns = _columns(wish)
    return all(getattr(intent, name) == value for name, value in columns.items())


def _check_caps(session: Session, settings: Settings, network: str, now: datetime) -> None:
    since = now - CAP_TIME
    limit = settings.joins_per_network
    if limit and uses(session, USE, since, network) >= limit:
        raise TooManyError("network")
    if settings.joins_in_all and uses(session, USE, since) >= settings.joins_in_all:
        raise TooManyError("all")


def _columns(wish: Wish) -> dict[str, Any]:
    """Return what tells one wish from another; where somebody came from does not."""
    total = wish.money + wish.fee
    return {
        "kind": wish.kind,
        "interval": wish.interval,
        "amount_minor": total.minor,
        "fee_minor": wish.fee.minor,
        "currency": total.currency,
        "language": wish.language,
        "wall_name": wish.wall_name,
        "dedication": wish.dedication,
        "recipient_address": wish.recipient.text if wish.recipient else None,
        "recipient_key": wish.recipient.key if wish.recipient else None,
        "deliver_at": wish.deliver_at,
    }


def _written(settings: Settings, wish: Wish, nonce: str, revision: int, now: datetime) -> Intent:
    name = str(uuid4())
    intent = Intent(
        public_id=name,
        nonce=nonce,
        revision=revision,
        thanks_hash=token_hash(derived_token(settings.secret_key, "thanks", name)),
        state=OPEN,
        created_at=now,
        expires_at=(now + OPEN_FOR).replace(microsecond=0),
        look_at=now + FIRST_LOOK,
        looks=0,
        from_path=wish.came.get("from"),
        ask_key=wish.came.get("ask"),
        **{name: one for name, one in wish.came.items() if name.startswith("utm_")},
        **_columns(wish),
    )
    intent.checkout_key = checkout_key(wanted_of(settings, intent))
    return intent
