"""What supporters change of their own memberships: asked of Stripe, then looked at at once.

Nothing is written because we asked: what Stripe shows afterwards is applied, as after a webhook.
No call is made inside a transaction. A call's key names the state that it was asked in, so that
two clicks are one call and the same wish on another day is another.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import UnwalledError
from app.core.money import Money
from app.core.pace import Pace
from app.core.tokens import new_token
from app.memberships.account.queries import MembershipRead
from app.memberships.money_models import Membership
from app.memberships.standing import Act, ends_at_once, may
from app.payments import kinds
from app.payments.gateway import Gateway, GatewayError
from app.payments.inbox import mark
from app.payments.jobs import READS
from app.payments.looking import Handlers
from app.payments.looking_now import marks_of, sync_now
from app.payments.sync import Sync

LONGEST_REASON = 300


class NotNowError(UnwalledError):
    """As the membership stands, this cannot be asked for: somebody was quicker, or it is over."""


@dataclass(frozen=True)
class Till:
    """What a change takes.

    Attributes:
        database: Ours; whoever asks for a change holds nothing of it.
        gateway: Stripe's.
        handlers: What becomes of what is seen.
        pace: Waited for before each question.
    """

    database: Database
    gateway: Gateway
    handlers: Handlers
    pace: Pace = READS

    def look(self, subscription_id: str) -> bool:
        """Apply a subscription as it stands; tell whether that was possible at once."""
        sync = Sync(self.database, self.gateway, self.handlers, self.pace)
        return sync_now(sync, kinds.SUBSCRIPTION, subscription_id)


def change_amount(till: Till, membership: MembershipRead, money: Money) -> bool:
    """Ask for another amount from the next renewal on; tell whether it is written down already.

    Raises:
        NotNowError: The membership is not one whose amount can change.
        GatewayDownError: Stripe does not answer; whether it heard us is found out by the lane.
        GatewayError: Stripe refused.
    """
    subscription_id = membership.subscription_id
    return _change(
        till,
        membership,
        "amount",
        lambda key: till.gateway.change_amount(subscription_id, money, key),
        f"{money.minor} {money.currency}",
    )


def cancel(till: Till, membership: MembershipRead, reason: str = "") -> bool:
    """Let a membership end with what is paid, and keep the supporter's word why, if they left one.

    One whose charge did not go through ends at once, for that charge would be tried again.

    Raises: as `change_amount`.
    """
    end = till.gateway.end_now if ends_at_once(membership) else till.gateway.cancel
    done = _change(till, membership, "cancel", lambda key: end(membership.subscription_id, key))
    _note_reason(till.database, membership.subscription_id, reason.strip()[:LONGEST_REASON] or None)
    return done


def undo_cancel(till: Till, membership: MembershipRead) -> bool:
    """Let a membership go on that was to end. Raises: as `change_amount`."""
    done = _change(
        till,
        membership,
        "undo",
        lambda key: till.gateway.undo_cancel(membership.subscription_id, key),
    )
    _note_reason(till.database, membership.subscription_id, None)
    return done


def pause(till: Till, membership: MembershipRead) -> bool:
    """Charge nothing until it is resumed. Raises: as `change_amount`."""
    return _change(
        till,
        membership,
        "pause",
        lambda key: till.gateway.pause(membership.subscription_id, key),
    )


def resume(till: Till, membership: MembershipRead) -> bool:
    """Charge again, from the next renewal on. Raises: as `change_amount`."""
    return _change(
        till,
        membership,
        "resume",
        lambda key: till.gateway.resume(membership.subscription_id, key),
    )


def card_page(till: Till, membership: MembershipRead, return_url: str) -> str:
    """Return the address of a page of Stripe's where the card is changed.

    Such a page is good for minutes, so each is a call of its own.

    Raises: as `change_amount`.
    """
    if not may("card", membership):
        raise NotNowError("This membership takes no other card.")
    return till.gateway.portal(membership.customer_id, return_url, f"portal:{new_token()}")


def _change(
    till: Till,
    membership: MembershipRead,
    act: Act,
    call: Callable[[str], object],
    params: str = "",
) -> bool:
    if not may(act, membership):
        raise NotNowError(f"This membership cannot be asked for {act}.")
    try:
        call(_key(till.database, membership, act, params))
    except GatewayError:
        _mark(till.database, membership.subscription_id)  # it may have heard us all the same
        raise
    return till.look(membership.subscription_id)


def _key(database: Database, membership: MembershipRead, act: Act, params: str) -> str:
    """Return the key of a call; each look moves the state on, so no key outlives its effect."""
    subscription_id = membership.subscription_id
    marks = marks_of(database, kinds.SUBSCRIPTION, subscription_id)
    state = f"{params}|{membership.period_ends_at.isoformat()}|{marks}"
    return f"{subscription_id}:{act}:{hashlib.sha256(state.encode()).hexdigest()[:32]}"


def _mark(database: Database, subscription_id: str) -> None:
    with database.write() as session:
        mark(session, kinds.SUBSCRIPTION, subscription_id)
        session.commit()


def _note_reason(database: Database, subscription_id: str, reason: str | None) -> None:
    with database.write() as session:
        _set_reason(session, subscription_id, reason)
        session.commit()


def _set_reason(session: Session, subscription_id: str, reason: str | None) -> None:
    row = update(Membership).where(Membership.subscription_id == subscription_id)
    session.execute(row.values(cancel_reason=reason))
