"""What lists there are, and what stands on the pages of a sign-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.languages import DEFAULT
from app.core.orm import in_language
from app.core.recent import Recent
from app.newsletters.models import Confirmation, Newsletter, SignupRequest, Subscription
from app.newsletters.renaming import BySlug, former_slugs
from app.people.models import Person
from app.people.survivors import stands_for


@dataclass(frozen=True, slots=True)
class List:
    """A newsletter, as a sign-up needs it."""

    id: int
    slug: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    cadences: Mapping[str, str]
    open: bool
    welcomes: bool
    members_only: bool = False
    listed: bool = True
    language: str = DEFAULT
    senders: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""

    def name(self, language: str) -> str:
        """Return its name for readers of a language."""
        return in_language(dict(self.names), language)


_LISTS = select(Newsletter).order_by(Newsletter.position, Newsletter.id)
_PENDING = (
    select(Subscription.person_id, Subscription.newsletter_id)
    .join(Newsletter)
    .where(
        Subscription.person_id.in_(bindparam("people", expanding=True)),
        Subscription.state == "pending",
    )
    .order_by(Newsletter.position, Newsletter.id)
)
_REQUEST = select(SignupRequest).where(SignupRequest.token_hash == bindparam("hash"))
_LAST_REQUEST = (
    select(SignupRequest)
    .where(SignupRequest.confirmation_id == bindparam("confirmation"))
    .order_by(SignupRequest.id.desc())
    .limit(1)
)
_CONFIRMATION = (
    select(
        Confirmation.id,
        stands_for().label("person_id"),
        Confirmation.expires_at,
        Confirmation.used_at,
        Confirmation.ended_at,
    )
    .join(Person, Person.id == Confirmation.person_id)
    .where(Confirmation.token_hash == bindparam("hash"))
)


def read_lists(session: Session) -> tuple[List, ...]:
    """Return every list, in the newsroom's order."""
    return tuple(
        List(
            id=row.id,
            slug=row.slug,
            names=row.name,
            descriptions=row.description,
            cadences=row.cadence,
            open=row.open,
            welcomes=row.welcomes,
            members_only=row.members_only,
            listed=row.listed,
            language=row.language,
            senders=row.sender_name or {},
            reply_to=row.reply_to or "",
        )
        for row in session.scalars(_LISTS)
    )


def _by_slug(session: Session) -> Mapping[str, List]:
    present = {one.slug: one for one in read_lists(session)}
    return BySlug(present, former_slugs(session))


_recent = Recent(_by_slug)


def lists_by_slug(database: Database) -> Mapping[str, List]:
    """Return every list as of a second ago at most, by the slugs that it has and had.

    It asks the database once a second.
    """
    return _recent.get(database)


def forget_lists(database: Database) -> None:
    """Have the lists read anew at once, in this process."""
    _recent.forget(database)


def pending_lists(session: Session, people: Sequence[int]) -> dict[int, list[int]]:
    """Return, by person, the ids of the lists that wait for their confirmation."""
    found: dict[int, list[int]] = {}
    for row in session.execute(_PENDING, {"people": list(people)}):
        found.setdefault(row.person_id, []).append(row.newsletter_id)
    return found


def request_of(session: Session, hashed: str) -> SignupRequest | None:
    """Return the sign-up whose waiting page has this token, given by its hash."""
    return session.scalar(_REQUEST, {"hash": hashed})


@dataclass(frozen=True, slots=True)
class Question:
    """A confirmation, as its link opens it, for whom its person has become."""

    id: int
    person_id: int
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    def state(self, now: datetime) -> str:
        """Return `open`, `used` or `expired`; one that a newer link replaced has expired."""
        if self.used_at is not None:
            return "used"
        return "expired" if self.ended_at is not None or self.expires_at <= now else "open"


def question_of(session: Session, hashed: str) -> Question | None:
    """Return the confirmation whose link has this token, given by its hash."""
    found = session.connection().execute(_CONFIRMATION, {"hash": hashed}).one_or_none()
    return Question(*found) if found is not None else None


def last_request_of(session: Session, confirmation_id: int) -> SignupRequest | None:
    """Return the newest sign-up that a confirmation answers."""
    return session.scalar(_LAST_REQUEST, {"confirmation": confirmation_id})
