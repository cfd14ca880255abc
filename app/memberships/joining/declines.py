"""Cards that were refused on our pages: if most of them are, somebody tries out stolen ones.

Then who wants a payment page has to show some work for it (`proving`).
"""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.orm import insert_for, table_of
from app.core.retention import Part, old_rows
from app.core.tightening import Rule, look
from app.core.work import Cron, Runtime
from app.memberships.customers import intent_of, known
from app.memberships.joining.decline_models import Decline
from app.memberships.joining.joining import OPEN_FOR
from app.memberships.joining.models import MEMBERSHIP, PAID, Intent
from app.payments.gateway import DeclineSeen

DOOR = "joining"
WINDOW = timedelta(hours=1)
MOST_OF_A_PAGE = 3
"""So many declines of one page count: three people out of luck are not a crowd of testers."""

KEPT = timedelta(days=1)
CLOCKS = timedelta(minutes=1)
"""How far Stripe's clock and ours may differ."""


def seen(session: Session, decline: DeclineSeen, _now: datetime) -> bool:
    """Note a card that was refused on a page of ours, once; tell whether the charge is ours.

    A renewal that failed is ours, and says nothing of the page.
    """
    intent = intent_of(session, decline.reference)
    if intent is None and known(session, decline.customer_id) is not None:
        return True
    intent_id = _by_amount(session, decline) if intent is None else intent.id
    if intent_id is None:
        return False
    if decline.is_card:
        row = insert_for(session)(table_of(Decline)).values(
            charge_id=decline.id, intent_id=intent_id, declined_at=decline.created_at
        )
        session.connection().execute(row.on_conflict_do_nothing(index_elements=["charge_id"]))
    return True


def _by_amount(session: Session, decline: DeclineSeen) -> int | None:
    """Return the wish whose page it must have been: of this amount, and open just then.

    Until a subscription's first payment is through, nothing at Stripe ties it to its page.
    """
    at = decline.created_at
    return session.scalar(
        select(Intent.id)
        .where(
            Intent.created_at > at - OPEN_FOR - CLOCKS,
            Intent.created_at < at + CLOCKS,
            Intent.kind == MEMBERSHIP,
            Intent.amount_minor == decline.money.minor,
            Intent.currency == decline.money.currency,
            Intent.checkout_id.is_not(None),
        )
        .order_by(Intent.created_at.desc(), Intent.id.desc())
        .limit(1)
    )


def paid_of_tried(session: Session, moment: datetime) -> tuple[int, int]:
    """Return how many pages were paid within an hour, and that with the declines of the hour."""
    since = moment - WINDOW
    by_page = select(func.count().label("times")).where(Decline.declined_at > since)
    pages = by_page.group_by(Decline.intent_id).subquery()
    times = case((pages.c.times > MOST_OF_A_PAGE, MOST_OF_A_PAGE), else_=pages.c.times)
    declined = session.scalar(select(func.coalesce(func.sum(times), 0))) or 0
    paid = select(func.count()).where(
        Intent.created_at > since - OPEN_FOR, Intent.settled_at > since, Intent.state == PAID
    )
    good = session.scalar(paid) or 0
    return good, good + int(declined)


def watching() -> Cron:
    """Return the cron that looks at the rate, every minute."""

    def run(runtime: Runtime) -> None:
        rule = Rule(runtime.settings.join_paid_floor, runtime.settings.join_paid_least)
        with runtime.database.write() as session:
            moment = now(session)
            look(session, DOOR, rule, paid_of_tried(session, moment), moment)
            session.commit()

    return Cron("memberships.declines", "* * * * *", run)


def forgetting() -> Part:
    """Return the part of retention that forgets declines, which say nothing after an hour."""
    return old_rows("declined cards", KEPT, Decline.declined_at)
