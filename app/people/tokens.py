"""Tokens of the API: made, found, revoked, and their calls counted. Callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from app.core.clock import now as domain_now
from app.core.errors import UnwalledError
from app.core.orm import insert_for, table_of
from app.core.tokens import new_token, token_hash
from app.core.work import Cron, Runtime
from app.people.token_models import ApiToken, ApiUse

PREFIX = "unw_"
KEPT = timedelta(days=1)
MINUTE = timedelta(minutes=1)

_FIND = select(ApiToken.id, ApiToken.name, ApiToken.scopes).where(
    ApiToken.token_hash == bindparam("hash"),
    ApiToken.revoked_at.is_(None),
    or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
)
_USED = (
    update(table_of(ApiToken))
    .where(
        ApiToken.id == bindparam("of_id"),
        or_(ApiToken.used_at.is_(None), ApiToken.used_at < bindparam("lately")),
    )
    .values(used_at=bindparam("at"))
)
_REVOKE = (
    update(table_of(ApiToken))
    .where(ApiToken.name == bindparam("of_name"), ApiToken.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
    .returning(ApiToken.id)
)


class TokenNameTakenError(UnwalledError):
    """There is, or was, a token of this name."""


@dataclass(frozen=True, slots=True)
class TokenHeld:
    """A token that somebody showed, and that holds."""

    id: int
    name: str
    scopes: frozenset[str]

    @property
    def caller(self) -> str:
        """Under which its calls are counted."""
        return f"token:{self.id}"


def create(
    session: Session, name: str, scopes: Iterable[str], now: datetime, until: datetime | None = None
) -> str:
    """Make a token and return it: nobody can read it again.

    Args:
        session: Flushed, not committed.
        name: Which system it is for; never used twice, so that a log stays clear.
        scopes: What it is allowed.
        now: The domain's present moment.
        until: When it expires, if ever.

    Raises:
        TokenNameTakenError: Choose another name.
    """
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise TokenNameTakenError(name)
    token = PREFIX + new_token()
    session.add(
        ApiToken(
            name=name,
            token_hash=token_hash(token),
            scopes=sorted(scopes),
            created_at=now,
            expires_at=until,
        )
    )
    session.flush()
    return token


def every(session: Session) -> Sequence[ApiToken]:
    """Return all tokens, the newest first, those that ended too."""
    return session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).all()


def revoke(session: Session, name: str, now: datetime) -> bool:
    """End a token at once; return whether there was one of this name that held."""
    return session.execute(_REVOKE, {"of_name": name, "at": now}).one_or_none() is not None


def find(session: Session, token: str, now: datetime) -> TokenHeld | None:
    """Return what a token allows, or None if it is unknown, expired or revoked."""
    hashed = token_hash(token)
    found = session.execute(_FIND, {"hash": hashed, "now": now}).one_or_none()
    return TokenHeld(found.id, found.name, frozenset(found.scopes)) if found else None


def note_use(session: Session, held: TokenHeld, now: datetime) -> None:
    """Write down when a token was last used, to the minute."""
    session.execute(_USED, {"of_id": held.id, "lately": now - MINUTE, "at": now})


def count(session: Session, callers: Sequence[str], now: datetime) -> dict[str, int]:
    """Count a call for each caller; return how many each made in this minute."""
    minute = now.replace(second=0, microsecond=0)
    rows = [{"caller": one, "minute": minute, "times": 1} for one in sorted(callers)]
    adding = insert_for(session)(ApiUse).values(rows)
    counted = adding.on_conflict_do_update(
        index_elements=["caller", "minute"], set_={"times": ApiUse.times + 1}
    ).returning(ApiUse.caller, ApiUse.times)
    return {row.caller: row.times for row in session.execute(counted)}


def forgetting() -> Cron:
    """Return the cron that forgets, every night, how often the API was called."""

    def run(runtime: Runtime) -> None:
        with runtime.database.write() as session:
            old = domain_now(session) - KEPT
            session.execute(delete(ApiUse).where(ApiUse.minute < old))
            session.commit()

    return Cron("people.api_use", "40 3 * * *", run)
