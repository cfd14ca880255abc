"""Numbers of receipts: drawn from the payment itself, so that no order of looks changes one."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.memberships.gifts.codes import ALPHABET
from app.memberships.money_models import Payment

LENGTH = 8
LONGEST = 20
_BITS = 5


def receipt_number(payment_id: str, paid_at: datetime, length: int = LENGTH) -> str:
    """Return the number of a payment's receipt: `R-2026-7ZK3W0QH`, the year in UTC."""
    number = int.from_bytes(hashlib.sha256(payment_id.encode()).digest())
    signs = (ALPHABET[number >> place & 31] for place in range(0, length * _BITS, _BITS))
    return f"R-{paid_at.astimezone(UTC).year}-{''.join(signs)}"


def free_number(session: Session, payment_id: str, paid_at: datetime) -> str:
    """Return the number of a new payment's receipt: longer in the rare case that it is taken."""
    numbers = [receipt_number(payment_id, paid_at, one) for one in range(LENGTH, LONGEST + 1)]
    taken = set(
        session.scalars(select(Payment.receipt_number).where(Payment.receipt_number.in_(numbers)))
    )
    return next(one for one in numbers if one not in taken)
