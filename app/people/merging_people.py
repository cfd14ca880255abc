"""What is people's own of one who is merged away: addresses, sign-ins, sessions, waiting mail.

Both addresses stay and either signs in. Who was signed in as the one that goes is signed out.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.languages import gettext as _
from app.core.orm import table_of
from app.mail.models import OutgoingMail
from app.people.changing_hands import give, give_all, give_back, name_of, pages
from app.people.models import EmailAddress, Person
from app.people.note_models import PersonNote
from app.people.registers import Merger, Moved, Pair, Told
from app.people.sign_in_models import PersonSession, SignIn
from app.people.staff_models import Staff

OWNERS = (EmailAddress.person_id, SignIn.person_id, PersonNote.person_id)
MAIL = OutgoingMail.person_id
_IS_WAITING = OutgoingMail.done_at.is_(None) & OutgoingMail.parked_at.is_(None)
ADDRESSES, SESSIONS, NAME = "addresses", "sessions", "name"


def merge(session: Session, pair: Pair) -> Moved:
    """Give addresses, sign-ins and waiting mail; end sign-ins and sessions of the one who goes."""
    moved: dict[str, Any] = {
        "ended.sign_in": _end(session, SignIn, pair, SignIn.used_at.is_(None)),
        "ended.person_session": _end(session, PersonSession, pair),
        **give_all(session, OWNERS, pair),
        name_of(MAIL): give(session, MAIL, pair, _IS_WAITING),
        "earlier": give(session, Person.merged_into_id, pair),
        "named": _name(session, pair),
    }
    _lead(session, pair.from_id, pair.into_id)
    return moved


def undo(session: Session, pair: Pair, moved: Moved) -> None:
    """Give it all back, and let sign-ins and sessions that were ended run on."""
    _lead(session, pair.from_id, None)
    give_back(session, Person.merged_into_id, pair, moved["earlier"])
    for owner in (*OWNERS, MAIL):
        give_back(session, owner, pair, moved[name_of(owner)])
    for model in (SignIn, PersonSession):
        _let_run(session, model, moved[f"ended.{model.__tablename__}"])
    if moved["named"]:
        given = select(Person.name).where(Person.id == pair.from_id).scalar_subquery()
        still_so = (Person.id == pair.into_id, Person.name == given)
        _run(session, update(table_of(Person)).where(*still_so).values(name=None))


def preview(session: Session, pair: Pair) -> Sequence[Told]:
    """Say whose name and addresses they will have, and who is signed out."""
    told = [Told(ADDRESSES, _addresses(session, pair))]
    gone, stays = (session.get_one(Person, one) for one in (pair.from_id, pair.into_id))
    if gone.name and not stays.name:
        told.append(Told(NAME, _("They will be called %(name)s.", name=gone.name)))
    elif gone.name and gone.name != stays.name:
        sentence = _("The name stays %(name)s; %(other)s is not shown any more.")
        told.append(Told(NAME, sentence % {"name": stays.name, "other": gone.name}))
    if running := _running(session, pair):
        sentence = _(
            "Whoever is signed in as the one who goes is signed out; sessions: %(number)s."
        )
        told.append(Told(SESSIONS, sentence % {"number": running}))
    return told


def refused(session: Session, pair: Pair) -> str | None:
    """Refuse to merge away who works here: what they may do at the desk hangs on their row."""
    works_here = (Staff.person_id == pair.from_id, Staff.ended_at.is_(None))
    if session.scalar(select(Staff.id).where(*works_here)) is None:
        return None
    return _("Who works here cannot be merged away: let the other be merged into them.")


def _addresses(session: Session, pair: Pair) -> str:
    found = session.scalars(
        select(EmailAddress.address)
        .where(
            EmailAddress.person_id.in_((pair.from_id, pair.into_id)),
            EmailAddress.replaced_at.is_(None),
        )
        .order_by(EmailAddress.person_id != pair.into_id, EmailAddress.id)
    ).all()
    if not found:
        return _("Neither has an address.")
    return _("All addresses stay, and each signs in: %(addresses)s.", addresses=", ".join(found))


def _running(session: Session, pair: Pair) -> int:
    mine = PersonSession.person_id == pair.from_id
    running = (mine, PersonSession.ended_at.is_(None), PersonSession.expires_at > pair.now)
    return len(session.scalars(select(PersonSession.id).where(*running)).all())


def _name(session: Session, pair: Pair) -> bool:
    """Call whoever stays as the other was called, if they have no name."""
    given = select(Person.name).where(Person.id == pair.from_id).scalar_subquery()
    nameless = (Person.id == pair.into_id, Person.name.is_(None), given.is_not(None))
    named = update(table_of(Person)).where(*nameless).values(name=given)
    return bool(session.connection().execute(named.returning(Person.id)).all())


def _lead(session: Session, person_id: int, into_id: int | None) -> None:
    whom = update(table_of(Person)).where(Person.id == person_id)
    _run(session, whom.values(merged_into_id=into_id))


def _end(session: Session, model: Any, pair: Pair, *where: Any) -> list[int]:  # noqa: ANN401 - two tables alike
    runs = (model.person_id == pair.from_id, model.ended_at.is_(None), *where)
    ended = update(table_of(model)).where(*runs).values(ended_at=pair.now)
    return sorted(session.connection().execute(ended.returning(model.id)).scalars())


def _let_run(session: Session, model: Any, ids: Sequence[int]) -> None:  # noqa: ANN401 - as above
    for page in pages(ids):
        _run(session, update(table_of(model)).where(model.id.in_(page)).values(ended_at=None))


def _run(session: Session, statement: Any) -> None:  # noqa: ANN401 - an update
    session.connection().execute(statement)


MERGER = Merger(
    "people",
    frozenset(
        {
            "person",
            "merge",
            "email_address",
            "sign_in",
            "person_session",
            "outgoing_mail",
            "person_note",
            "staff",
            "audit_entry",
        }
    ),
    merge,
    undo,
    preview,
    refused=refused,
)
"""Mail that was sent, merges, what the log tells and who has left the staff stay where they are."""
