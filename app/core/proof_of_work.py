"""A small proof of work, asked for while a door is held tight: a second of a telephone's time.

Nothing is kept of a challenge: it is signed by us, expires, and is worth something only to who it
was made for. Of an answer a row is kept until the challenge has expired, so that it counts once.

The proof (hashcash, http://www.hashcash.org/papers/hashcash.pdf) is a number for which the
SHA-256 of `challenge:number` begins with `BITS` bits of zero.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Insert, String, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Database
from app.core.orm import Base, UtcDateTime
from app.core.retention import Part, old_rows
from app.core.tokens import equal, keyed_hash, new_token, token_hash

BITS = 17
HOLDS_FOR = timedelta(minutes=10)
LONGEST_NUMBER = 16
DIGEST_BITS = 256


class SpentProof(Base):
    """A challenge whose answer was taken; forgotten once it has expired."""

    __tablename__ = "spent_proof"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge and the number that was found for it, as they came."""

    challenge: str
    number: str


def challenge(key: str, subject: str, now: datetime) -> str:
    """Return a challenge.

    Args:
        key: It is signed with.
        subject: Who and what it is for; not in it, and not to be read from it.
        now: The domain's present moment.
    """
    expires = int((now + HOLDS_FOR).timestamp())
    words = f"{BITS}.{expires}.{new_token()[:16]}"
    return f"{words}.{_mac(key, subject, words)}"


def _mac(key: str, subject: str, words: str) -> str:
    return keyed_hash(key, "proof-of-work", f"{subject}\0{words}")[:32]


def holds(keys: Sequence[str], subject: str, proof: Proof, now: datetime) -> bool:
    """Tell whether a proof is right, ours, for this subject, and in time.

    Args:
        keys: The present key and earlier ones.
        subject: As the challenge was made for.
        proof: What came.
        now: The domain's present moment.
    """
    return made_at(keys, subject, proof.challenge, now) is not None and is_solved(proof)


def made_at(keys: Sequence[str], subject: str, asked: str, now: datetime) -> datetime | None:
    """Return when a challenge was made; None if it is not ours, for another, or out of time."""
    words, _, mac = asked.rpartition(".")
    if not any(equal(_mac(key, subject, words), mac) for key in keys):
        return None
    expires = datetime.fromtimestamp(int(words.split(".")[1]), UTC)
    return expires - HOLDS_FOR if expires > now else None


def is_solved(proof: Proof) -> bool:
    """Tell whether the number of a proof answers its challenge, which is ours."""
    return _is_answer(proof, int(proof.challenge.partition(".")[0]))


def _is_answer(proof: Proof, bits: int) -> bool:
    is_number = proof.number.isascii() and proof.number.isdecimal()
    if not is_number or len(proof.number) > LONGEST_NUMBER:
        return False
    digest = hashlib.sha256(f"{proof.challenge}:{proof.number}".encode()).digest()
    return int.from_bytes(digest) >> (DIGEST_BITS - bits) == 0


def solve(asked: str) -> Proof:
    """Find the number; what the script of a page does, for tests and programs of ours."""
    number = 0
    bits = int(asked.partition(".")[0])
    while not _is_answer(Proof(asked, str(number)), bits):
        number += 1
    return Proof(asked, str(number))


def _spending(dialect: str) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    row = make(SpentProof).values(
        challenge_hash=bindparam("hash", type_=String()),
        expires_at=bindparam("until", type_=UtcDateTime()),
    )
    return row.on_conflict_do_nothing(index_elements=["challenge_hash"])


_SPEND = {dialect: _spending(dialect) for dialect in ("sqlite", "postgresql")}


def spend(database: Database, proof: Proof, now: datetime) -> bool:
    """Take a proof that holds; False if it was taken before. Committed by itself."""
    values = {"hash": token_hash(proof.challenge), "until": now + HOLDS_FOR}
    return database.write_once(_SPEND[database.engine.dialect.name], values) == 1


def forgetting() -> Part:
    """Return the part of retention that forgets what has expired."""
    return old_rows("proofs of work", timedelta(0), SpentProof.expires_at)
