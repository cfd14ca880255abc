"""Asking after wishes of which nothing was heard: whether their page was made, and whether paid.

A webhook may be lost, and a process may die between our row and Stripe's answer. Each open wish
says when it is next asked after; the answer is found by the lane's own look.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.pace import Pace
from app.core.settings import Settings
from app.core.tokens import new_token
from app.core.work import Cron, Runtime
from app.memberships.joining.checkouts import wanted_of
from app.memberships.joining.models import EXPIRED, FAILED, OPEN, PROCESSING, Intent
from app.memberships.joining.paying import keep_page
from app.payments import kinds, serving
from app.payments.gateway import CheckoutSeen, Gateway, GatewayDownError, GatewayError
from app.payments.inbox import mark
from app.payments.jobs import READS

MARKED_AT_ONCE = 100
MOST_MARKED = 2_000
MOST_ASKED = 20
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
KEY_HOLDS = timedelta(hours=23)
"""Stripe forgets an idempotency key after a day; then the same call would be another."""

JUST_OVER = timedelta(minutes=1)
LONG_OVER = timedelta(days=30)
"""After a month no debit arrives any more; what Stripe tells of it later still counts."""

log = structlog.get_logger(__name__)


def sweeping(gateway_of: Callable[[Settings], Gateway] = serving.gateway_of) -> Cron:
    """Return the cron that asks after wishes each minute; nothing while no key is set."""

    def run(runtime: Runtime) -> None:
        settings = runtime.settings
        if not settings.stripe_key:
            return
        mark_due(runtime.database)
        Sweep(runtime.database, gateway_of(settings), settings, READS).ask_due()

    return Cron("memberships.intents", "* * * * *", run)


def mark_due(database: Database) -> int:
    """Have every page looked at whose wish is due; return how many those were."""
    marked = 0
    while marked < MOST_MARKED:
        with database.write() as session:
            moment = now(session)
            due = _due(session, moment, MARKED_AT_ONCE, has_page=True)
            for intent in due:
                put_off(intent, moment)
                if moment - intent.expires_at > LONG_OVER:
                    _end(intent, moment)
            session.flush()
            for intent in due:
                mark(session, kinds.CHECKOUT, str(intent.checkout_id))
            session.commit()
        marked += len(due)
        if len(due) < MARKED_AT_ONCE:
            break
    return marked


def put_off(intent: Intent, moment: datetime) -> None:
    """Say when an intent is next asked after: later each time, and once its page is over."""
    intent.looks += 1
    next_look = moment + min(FIRST_WAIT * 2 ** min(intent.looks, 16), LONGEST_WAIT)
    over = intent.expires_at + JUST_OVER
    intent.look_at = min(next_look, over) if moment < over else next_look


def _due(session: Session, moment: datetime, most: int, *, has_page: bool) -> Sequence[Intent]:
    """Return the wishes to ask after, locked; those that another holds have their turn later."""
    page = Intent.checkout_id
    return session.scalars(
        select(Intent)
        .where(
            Intent.look_at <= moment,
            Intent.state.in_((OPEN, PROCESSING)),
            page.is_not(None) if has_page else page.is_(None),
        )
        .order_by(Intent.look_at, Intent.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


@dataclass(frozen=True, slots=True)
class Sweep:
    """Asks for pages of which we do not know whether they were made."""

    database: Database
    gateway: Gateway
    settings: Settings
    pace: Pace

    def ask_due(self) -> int:
        """Ask for each such page that is due, under its own key; return how many are known now."""
        with self.database.write() as session:
            moment = now(session)
            due = _due(session, moment, MOST_ASKED, has_page=False)
            for intent in due:
                put_off(intent, moment)
                if moment - intent.created_at > KEY_HOLDS:
                    _end(intent, moment)
            session.commit()
        return sum(self._ask(intent) for intent in due if intent.state == OPEN)

    def _ask(self, intent: Intent) -> bool:
        """Ask for a page: what was made before under this key is answered again.

        Nobody was ever led to it. Where Stripe refuses, because the page would be over too soon,
        there is none.
        """
        self.pace.wait()
        try:
            seen = self.gateway.open_checkout(wanted_of(self.settings, intent), intent.checkout_key)
        except GatewayDownError:
            return False
        except GatewayError as error:
            log.info("a wish never had a page", intent=intent.id, code=error.code)
            self._close_wish(intent.id)
            return False
        if not self._kept(intent.id, seen):
            with suppress(GatewayError):  # it ends by itself, and nobody knows its address
                self.gateway.expire_checkout(seen.id, f"{seen.id}:expire:{new_token()}")
        return True

    def _kept(self, intent_id: int, seen: CheckoutSeen) -> bool:
        """Write a page's id down and have it looked at; tell whether its wish still stands."""
        with self.database.write() as session:
            is_wanted = keep_page(session, intent_id, seen)
            mark(session, kinds.CHECKOUT, seen.id)
            session.commit()
        return is_wanted

    def _close_wish(self, intent_id: int) -> None:
        with self.database.write() as session:
            row = session.get_one(Intent, intent_id, with_for_update=True)
            if row.checkout_id is None:
                _end(row, now(session))
            session.commit()


def _end(intent: Intent, moment: datetime) -> None:
    """Note that nothing will come of a wish."""
    if intent.state in {OPEN, PROCESSING}:
        intent.state = EXPIRED if intent.state == OPEN else FAILED
        intent.settled_at, intent.look_at = moment, None
