"""Taking in everything that another installation of ours wrote, as often as need be.

Each batch is a short transaction that adds what is missing and changes nothing that is there:
killed in the middle and started again it goes on, and who left or was erased here stays so.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.orm import insert_for, table_of
from app.core.settings import Settings
from app.mail.models import Suppression
from app.mail.suppression import CLOSING, suppress_hashes
from app.newsletters.imports.applying import BREATH_SECONDS
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.models import Consent, Newsletter, Subscription
from app.newsletters.moving.columns import values_of
from app.newsletters.moving.files import Folder, Record
from app.newsletters.moving.moving_out import GOES_TO
from app.newsletters.moving.people import People, closed_people
from app.people.models import EmailAddress

_SLUGS = select(Newsletter.slug, Newsletter.id)
_IMPORTS = select(SubscriberImport.key, SubscriberImport.id)
_CONSENTS = select(
    Consent.person_id, Consent.newsletter_id, Consent.what, Consent.happened_at, Consent.form
).where(Consent.person_id.in_(bindparam("people", expanding=True)))


@dataclass
class Moved:
    """How much of each file was new here, was here already, or was left alone."""

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass
class _Moving:
    """What the batches share.

    Attributes:
        settings: Ours.
        folder: What is taken in.
        people: Who is who here.
        lists: Ids by slug.
        imports: Ids of imports by key.
        moved: What came of it.
    """

    settings: Settings
    folder: Folder
    people: People
    lists: dict[str, int] = field(default_factory=dict)
    imports: dict[str, int] = field(default_factory=dict)
    moved: Moved = field(default_factory=Moved)


Watch = Callable[[int], None]


def move_in(
    database: Database, settings: Settings, folder: Folder, watch: Watch = lambda _done: None
) -> Moved:
    """Take everything in; the caller holds the lock of imports.

    Args:
        database: Ours; whatever is there already stays as it is.
        settings: Ours, with the permanent key.
        folder: As another installation wrote it.
        watch: Told how many records were taken in so far.

    Raises:
        OperatorError: A file is not as it was written; what was taken in until then stays.
    """
    moving = _Moving(settings, folder, People(settings, same_key=folder.same_key))
    done = 0
    for name, take in _TAKES.items():
        for batch in folder.batches(name):
            with _as_written(folder, name), database.write() as session:
                take(session, moving, batch)
                session.commit()
            done += len(batch)
            watch(done)
            if database.is_sqlite:
                time.sleep(BREATH_SECONDS)
        if name == "people":
            _lead(database, moving)
    return moving.moved


@contextmanager
def _as_written(folder: Folder, name: str) -> Iterator[None]:
    """Say in a sentence that a file holds what no export of ours writes."""
    path = folder.path / f"{name}.csv"
    try:
        yield
    except KeyError as error:
        raise OperatorError(
            f"{path} is not as it was written: it has no column {error}."
        ) from error
    except (IntegrityError, DataError) as error:
        sentence = f"{path} is not as it was written: it holds a value that is never there."
        raise OperatorError(sentence) from error


def _lead(database: Database, moving: _Moving) -> None:
    with database.write() as session:
        moving.people.lead(session)
        session.commit()


def _take_lists(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    _take_named(session, moving, batch, (Newsletter, "lists", "slug"))
    moving.lists = dict(session.execute(_SLUGS).all())


def _take_imports(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    """Make the imports whose word consents stand on, without their wishes and counts."""
    empty = {"wishes": "{}", "titles": "[]", "effect": "{}"}
    counts = dict.fromkeys(("records", "entries", "repeated", "problems"), "0")
    read = [{**one, **empty, **counts, "read_at": one["applied_at"]} for one in batch]
    _take_named(session, moving, read, (SubscriberImport, "imports", "key"))
    moving.imports = dict(session.execute(_IMPORTS).all())


def _take_named(
    session: Session, moving: _Moving, batch: Sequence[Record], what: tuple[type[Any], str, str]
) -> None:
    """Insert the rows whose name is not here yet."""
    model, file, name = what
    table = table_of(model)
    known = set(session.scalars(select(table.columns[name])))
    new = [values_of(table, record) for record in batch if record[name] not in known]
    if new:
        session.connection().execute(insert(table), new)
    moving.moved.new[file] += len(new)
    moving.moved.known[file] += len(batch) - len(new)


def _take_people(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    found = moving.people.take(session, batch, now(session))
    moving.moved.new["people"] += found.new
    moving.moved.known["people"] += found.known
    moving.moved.left["people"] += found.left


def _take_subscriptions(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    """Insert the subscriptions that are not here; none that would bring a suppressed one back."""
    table = table_of(Subscription)
    rows = _placed(session, moving, batch, table, "subscriptions")
    closed = closed_people(session, moving.settings, {row["person_id"] for row in rows}, CLOSING)
    wanted = [
        row
        for row in rows
        if row["person_id"] not in closed or row["state"] not in {"confirmed", "pending"}
    ]
    statement = insert_for(session)(table).on_conflict_do_nothing(
        index_elements=["person_id", "newsletter_id"]
    )
    made = 0
    if wanted:
        returning = statement.returning(table.columns["id"])
        made = len(session.connection().execute(returning, wanted).all())
    moving.moved.left["subscriptions"] += len(rows) - len(wanted)
    moving.moved.new["subscriptions"] += made
    moving.moved.known["subscriptions"] += len(wanted) - made


def _take_consents(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    """Append the consents that are not here: one is the same if it says the same at that time."""
    rows = _placed(session, moving, batch, table_of(Consent), "consents")
    values = {"people": list({row["person_id"] for row in rows})}
    known = {tuple(row) for row in session.execute(_CONSENTS, values)}
    new = [row for row in rows if tuple(row[name] for name in _SAME) not in known]
    if new:
        session.connection().execute(insert(table_of(Consent)), new)
    moving.moved.new["consents"] += len(new)
    moving.moved.known["consents"] += len(rows) - len(new)


_SAME = ("person_id", "newsletter_id", "what", "happened_at", "form")


def _placed(
    session: Session, moving: _Moving, batch: Sequence[Record], table: Table, file: str
) -> list[dict[str, Any]]:
    """Return rows with our ids of person and list, without those of people left alone."""
    people = moving.people.found(session, {record["person"] for record in batch})
    boxes = _mailboxes(session, {record.get(GOES_TO, "") for record in batch} - {""})
    rows = []
    for record in batch:
        person, newsletter = people.get(record["person"]), moving.lists.get(record["newsletter"])
        if person is None or newsletter is None:
            moving.moved.left[file] += 1
            continue
        places: dict[str, Any] = {"person_id": person, "newsletter_id": newsletter}
        if "import" in record:
            places["import_id"] = moving.imports.get(record["import"])
        if GOES_TO in record:
            places["address_id"] = boxes.get((person, record[GOES_TO]))
        rows.append(values_of(table, record) | places)
    return rows


def _mailboxes(session: Session, keys: Collection[str]) -> dict[tuple[int, str], int]:
    """Return the ids of addresses by whose they are and their keys."""
    asked = select(EmailAddress.person_id, EmailAddress.key, EmailAddress.id)
    found = session.execute(asked.where(EmailAddress.key.in_(keys))) if keys else ()
    return {(row.person_id, row.key): row.id for row in found}


def _take_suppressions(session: Session, moving: _Moving, batch: Sequence[Record]) -> None:
    """Insert suppressions; under another key, those of known addresses came with the people."""
    if not moving.folder.same_key:
        moving.moved.left["suppressions"] += len(batch)
        return
    table = table_of(Suppression)
    rows = [values_of(table, record) for record in batch]
    put = insert_for(session)(table).on_conflict_do_nothing(index_elements=["address_hash"])
    made = session.connection().execute(put.returning(table.columns["address_hash"]), rows).all()
    suppress_hashes(session, {row["address_hash"]: row["reason"] for row in rows}, now(session))
    moving.moved.new["suppressions"] += len(made)
    moving.moved.known["suppressions"] += len(rows) - len(made)


_TAKES: dict[str, Callable[[Session, _Moving, Sequence[Record]], None]] = {
    "lists": _take_lists,
    "imports": _take_imports,
    "people": _take_people,
    "subscriptions": _take_subscriptions,
    "consents": _take_consents,
    "suppressions": _take_suppressions,
}
"""What takes each file in, in the order in which they lean on each other."""
