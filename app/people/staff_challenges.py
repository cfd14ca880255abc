"""What passkeys are asked to sign: random, kept as a hash, good for five minutes and once."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.people.staff_credentials_models import StaffChallenge

ENTER, ADD, PROVE = "enter", "add", "prove"
CHALLENGE_BYTES = 32
LASTS = timedelta(minutes=5)


def ask(session: Session, purpose: str, staff_id: int | None, now: datetime) -> bytes:
    """Return a new challenge; of nobody yet, where a browser comes in. Flushed, not committed."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    row = StaffChallenge(
        challenge_hash=_hashed(challenge),
        purpose=purpose,
        staff_id=staff_id,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    return challenge


def take(
    session: Session, purpose: str, staff_id: int | None, challenge: bytes, now: datetime
) -> bool:
    """Use a challenge up; tell whether it was open, for this purpose and this person.

    Of several who bring the same at once, one takes it.
    """
    whose = (
        StaffChallenge.staff_id.is_(None)
        if staff_id is None
        else StaffChallenge.staff_id == staff_id
    )
    taken = (
        update(table_of(StaffChallenge))
        .where(
            StaffChallenge.challenge_hash == _hashed(challenge),
            StaffChallenge.purpose == purpose,
            StaffChallenge.used_at.is_(None),
            StaffChallenge.expires_at > now,
            whose,
        )
        .values(used_at=now)
        .returning(StaffChallenge.id)
    )
    return session.execute(taken).one_or_none() is not None


def _hashed(challenge: bytes) -> str:
    return sha256(challenge).hexdigest()
