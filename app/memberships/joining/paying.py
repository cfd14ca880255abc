"""The way from a wish to the page where it is paid: our rows and Stripe's pages, step by step."""

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from app.core.alarms import raise_alarm
from app.core.clock import now
from app.core.database import Database
from app.core.errors import UnwalledError
from app.core.failpoints import failpoint
from app.core.settings import Settings
from app.core.tokens import new_token
from app.memberships.joining.checkouts import thanks_path, thanks_token, wanted_of
from app.memberships.joining.joining import Asker, TooManyError, begin, refuse_crowds, replace
from app.memberships.joining.models import FAILED, OPEN, REPLACED, Intent
from app.memberships.joining.wishes import Wish
from app.payments import kinds
from app.payments.gateway import CheckoutSeen, Gateway, GatewayDownError, GatewayError
from app.payments.inbox import mark

log = structlog.get_logger(__name__)

MOST_IN_THE_WAY = 3
CARD_TESTING = "card-testing"
REFUSED = "checkout-refused"


class ChangedError(UnwalledError):
    """While this wish was on its way to Stripe, another of the same page took its place."""


@dataclass(frozen=True, slots=True)
class Cashier:
    """Where wishes become pages to pay on.

    Attributes:
        database: Ours; whoever sends a wish holds nothing of it.
        gateway: Stripe's.
        settings: Limits, addresses, keys.
    """

    database: Database
    gateway: Gateway
    settings: Settings

    def address_for(self, wish: Wish, asker: Asker) -> str:
        """Return where to lead whoever sent a wish: to Stripe's page, or to ours of thanks.

        Raises:
            TooManyError: No further page may be opened now; staff are told.
            ChangedError: Another wish was quicker.
            GatewayDownError: Stripe does not answer. The wish is kept: sent again, it goes on.
            GatewayError: Stripe refused; sent again, it is a new wish. Staff are told.
        """
        for _ in range(MOST_IN_THE_WAY):
            intent, in_the_way = self._begin(wish, asker)
            if not in_the_way:
                return self._page_of(intent)
            if self._is_over(intent):
                return self._thanks(intent)
        raise ChangedError("Each wish of this page found another in its way.")

    def _begin(self, wish: Wish, asker: Asker) -> tuple[Intent, bool]:
        try:
            with self.database.read() as session:  # a crowd must not queue for a turn to write
                refuse_crowds(session, self.settings, asker, now(session))
            with self.database.write() as session:
                begun = begin(session, self.settings, wish, asker, now(session))
                session.commit()
        except TooManyError as error:
            self._tell_staff(CARD_TESTING, error.by)
            raise
        failpoint("join.intent")
        return begun.intent, begun.in_the_way

    def _page_of(self, intent: Intent) -> str:
        if intent.state != OPEN:
            return self._thanks(intent)
        if intent.checkout_url is not None:
            return intent.checkout_url
        seen = self._opened(intent)
        if seen.url is None:
            return self._thanks(intent)
        return seen.url

    def _opened(self, intent: Intent) -> CheckoutSeen:
        """Open the page and keep its id; a page that nobody wants any more is closed again."""
        try:
            seen = self.gateway.open_checkout(wanted_of(self.settings, intent), intent.checkout_key)
        except GatewayDownError:
            raise
        except GatewayError as error:
            self._fail(intent, error)
            raise
        with self.database.write() as session:
            is_wanted = keep_page(session, intent.id, seen)
            session.commit()
        failpoint("join.checkout")
        if not is_wanted:
            self._close(seen.id)
            raise ChangedError("The wish was replaced while its page was opened.")
        return seen

    def _is_over(self, earlier: Intent) -> bool:
        """Close an earlier page; tell whether money came by it, so that nothing more is wanted."""
        page = str(earlier.checkout_id)
        self._close(page)
        is_over = self.gateway.checkout(page).state == "complete"
        with self.database.write() as session:
            row = session.get(Intent, earlier.id, with_for_update=True)
            if row is not None and row.state == OPEN and not is_over:
                replace(row, now(session))
            mark(session, kinds.CHECKOUT, page)
            session.commit()
        return is_over

    def _close(self, page: str) -> None:
        """Close a page. Closing it twice is closing it once, so each try is a call of its own."""
        self.gateway.expire_checkout(page, f"{page}:expire:{new_token()}")

    def _fail(self, intent: Intent, error: GatewayError) -> None:
        log.error("Stripe opens no page to pay on", intent=intent.id, code=error.code)
        with self.database.write() as session:
            row = session.get(Intent, intent.id, with_for_update=True)
            if row is not None and row.state == OPEN and row.checkout_id is None:
                row.state, row.settled_at, row.look_at = FAILED, now(session), None
            raise_alarm(session, REFUSED, now(session), error.code[:120])
            session.commit()

    def _tell_staff(self, kind: str, ref: str) -> None:
        with self.database.write() as session:
            raise_alarm(session, kind, now(session), ref)
            session.commit()

    def _thanks(self, intent: Intent) -> str:
        return thanks_path(intent.language, thanks_token(self.settings, intent))


def keep_page(session: Session, intent_id: int, seen: CheckoutSeen) -> bool:
    """Write a page's id down; tell whether its intent still wants it. The caller commits."""
    row = session.get(Intent, intent_id, with_for_update=True)
    if row is None:
        return False
    row.checkout_id, row.checkout_url = seen.id, seen.url
    session.flush()
    return row.state != REPLACED
