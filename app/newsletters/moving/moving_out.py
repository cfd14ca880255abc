"""Everything about subscribers, as files that another installation of ours takes in.

One snapshot, page by page. People keep their public ids and the installation its permanent key, so
that the unsubscribe links in mails of years ago go on working; of suppressions only hashes under
that key are kept, and of those whose address is known the reason stands beside the address too.
Authors and pictures of lists, and hashes of networks, are not taken along.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import now
from app.core.database import Database, one_snapshot
from app.core.errors import OperatorError
from app.core.orm import table_of
from app.core.settings import Settings
from app.core.spreadsheets import csv_text
from app.core.tokens import keyed_hash
from app.mail.models import Suppression
from app.mail.suppression import address_hash
from app.newsletters.exporting import pages, within
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.models import Consent, Newsletter, Subscription
from app.newsletters.moving.columns import cell, columns_of
from app.people.models import EmailAddress, Person

FORMAT = 1
ABOUT = "about.json"
NOT_OURS = ("author_id", "picture_id")
LISTS = columns_of(Newsletter, *NOT_OURS)
IMPORTS = ["key", "file_hash", "file_name", "source", "done_by", "started_at", "applied_at"]
MERGED_INTO, GOES_TO = "merged_into", "goes_to"
PEOPLE = ["public_id", "name", "language", "created_at", "erased_at"]
SUBSCRIPTIONS = columns_of(Subscription, "person_id", "newsletter_id", "address_id")
CONSENTS = columns_of(Consent, "person_id", "newsletter_id", "network_hash", "import_id")
SUPPRESSIONS = columns_of(Suppression)

_CONCERNED = or_(
    select(Subscription.id).where(Subscription.person_id == Person.id).exists(),
    select(Consent.id).where(Consent.person_id == Person.id).exists(),
)
_survivor = aliased(Person)
_BECAME = select(_survivor.public_id).where(_survivor.id == Person.merged_into_id).scalar_subquery()
_ADDRESSES = (
    select(EmailAddress)
    .where(
        EmailAddress.person_id.in_(bindparam("people", expanding=True)),
        EmailAddress.replaced_at.is_(None),
    )
    .order_by(EmailAddress.id)
)
_REASONS = select(Suppression.address_hash, Suppression.reason).where(
    Suppression.address_hash.in_(bindparam("hashes", expanding=True))
)


def fingerprint(settings: Settings) -> str:
    """Return by what an export tells whether the permanent key is the same."""
    return keyed_hash(settings.permanent_key, "moving", "fingerprint")[:16]


def export_everything(database: Database, settings: Settings, folder: Path) -> dict[str, int]:
    """Write everything into an empty folder; return how many rows of each file there are.

    Raises:
        OperatorError: There is something in the folder, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OperatorError(f"{folder} is not empty: name a folder that is, or is not there.")
        return _write(database, settings, folder)
    except OSError as error:
        raise OperatorError(f"{folder} cannot be written: {error.strerror}.") from error


def _write(database: Database, settings: Settings, folder: Path) -> dict[str, int]:
    with database.read() as session:
        one_snapshot(session)
        counts = {
            name: _write_file(folder / f"{name}.csv", titles, rows)
            for name, titles, rows in _files(session, settings)
        }
        about = {
            "format": FORMAT,
            "key": fingerprint(settings),
            "exported_at": now(session).isoformat(),
            "rows": counts,
        }
    text = json.dumps(about, indent=2) + "\n"
    (folder / ABOUT).write_text(text, encoding="utf-8")  # last: without it nothing is taken in
    return counts


Rows = Iterator[list[list[str]]]


def _files(session: Session, settings: Settings) -> Iterator[tuple[str, list[str], Rows]]:
    """Yield each file's name, titles and pages of rows, in the order that they are taken in."""
    yield "lists", LISTS, _plain(session, Newsletter, _table(Newsletter, LISTS))
    used = select(Consent.id).where(Consent.import_id == SubscriberImport.id).exists()
    imports = _table(SubscriberImport, IMPORTS).where(used)
    yield "imports", IMPORTS, _plain(session, SubscriberImport, imports)
    yield "people", [*PEOPLE, MERGED_INTO, "addresses"], _people(session, settings)
    places = ["person", "newsletter"]
    subscriptions = _of_people(Subscription, SUBSCRIPTIONS).add_columns(EmailAddress.key)
    subscriptions = subscriptions.outerjoin(
        EmailAddress, EmailAddress.id == Subscription.address_id
    )
    titles = [*places, *SUBSCRIPTIONS, GOES_TO]
    yield "subscriptions", titles, _plain(session, Subscription, subscriptions)
    consents = _of_people(Consent, CONSENTS).add_columns(SubscriberImport.key)
    consents = consents.outerjoin(SubscriberImport, SubscriberImport.id == Consent.import_id)
    yield "consents", [*places, *CONSENTS, "import"], _plain(session, Consent, consents)
    suppressions = _table(Suppression, SUPPRESSIONS)
    yield "suppressions", SUPPRESSIONS, _plain(session, Suppression, suppressions, "")


def _write_file(path: Path, titles: list[str], rows: Rows) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as out:
        out.write(csv_text([titles]))
        for page in rows:
            out.write(csv_text(page))
            count += len(page)
    return count


def _table(model: type[Any], names: list[str]) -> Select[Any]:
    columns, key = table_of(model).columns, _key(model)
    statement: Select[Any] = select(key, *(columns[name] for name in names))
    return statement.where(within(key)).order_by(key)


def _key(model: type[Any]) -> Column[Any]:
    (key,) = table_of(model).primary_key.columns
    return key


def _of_people(model: type[Any], names: list[str]) -> Select[Any]:
    """Return a table's rows with their person's public id and their list's slug before them."""
    columns = table_of(model).columns
    wanted = (columns[name] for name in names)
    statement: Select[Any] = select(columns["id"], Person.public_id, Newsletter.slug, *wanted)
    return (
        statement.join(Person, Person.id == columns["person_id"])
        .join(Newsletter, Newsletter.id == columns["newsletter_id"])
        .where(within(columns["id"]))
        .order_by(columns["id"])
    )


def _plain(session: Session, model: type[Any], statement: Select[Any], start: object = 0) -> Rows:
    for page in pages(session, _key(model), statement, start):
        yield [[cell(value) for value in row[1:]] for row in page]


def _people(session: Session, settings: Settings) -> Rows:
    """Yield people with their addresses, each with the reason why nothing is sent there."""
    people = _table(Person, PEOPLE).add_columns(_BECAME).where(_CONCERNED)
    for page in pages(session, Person.id, people):
        found = session.scalars(_ADDRESSES, {"people": [row[0] for row in page]}).all()
        hashes = {one.id: address_hash(settings, one.key) for one in found}
        reasons = dict(session.execute(_REASONS, {"hashes": list(hashes.values())}).all())
        theirs: dict[int, list[dict[str, str]]] = {}
        for one in found:
            known = {
                "address": one.address,
                "verified_at": cell(one.verified_at),
                "created_at": cell(one.created_at),
                "suppressed": reasons.get(hashes[one.id], ""),
            }
            theirs.setdefault(one.person_id, []).append(known)
        session.expunge_all()
        yield [[*map(cell, row[1:]), cell(theirs.get(row[0], []))] for row in page]
