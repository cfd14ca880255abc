"""What stood in a record that could not be taken: kept as text, and given back as CSV."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.spreadsheets import csv_text
from app.newsletters.imports.models import SubscriberImport, SubscriberImportProblem

LONGEST_VALUE = 1_000
MOST_VALUES = 100
PAGE = 1_000

_PAGE = (
    select(SubscriberImportProblem)
    .where(
        SubscriberImportProblem.import_id == bindparam("import"),
        SubscriberImportProblem.id > bindparam("after"),
    )
    .order_by(SubscriberImportProblem.id)
    .limit(PAGE)
)


@dataclass(frozen=True, slots=True)
class RowError:
    """A record that could not be taken, or came twice.

    Attributes:
        part: The file in an archive, or empty.
        line: That it begins in.
        reason: For the operator.
        values: What stood in it; of a broken record, its first line.
    """

    part: str
    line: int
    reason: str
    values: tuple[str, ...]


def kept_values(values: Sequence[str]) -> str:
    """Return values as text that both databases can hold, not longer than is any use."""
    kept = [storable(one[:LONGEST_VALUE]) for one in values[:MOST_VALUES]]
    return json.dumps(kept, ensure_ascii=False)


def storable(text: str) -> str:
    """Return a text with what stands for no character made visible."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def errors(session: Session, import_id: int) -> Iterator[RowError]:
    """Yield what could not be taken of a file, in its order."""
    after = 0
    while rows := session.scalars(_PAGE, {"import": import_id, "after": after}).all():
        for row in rows:
            yield RowError(row.part, row.line, row.reason, tuple(json.loads(row.cells)))
        after = rows[-1].id
        session.expunge_all()


def errors_csv(session: Session, import_id: int) -> Iterator[str]:
    """Yield what could not be taken as CSV: line and reason, then the record as it stood.

    With the titles of the file above it: corrected, it can be imported as it is.
    """
    titles = session.get_one(SubscriberImport, import_id).titles
    yield csv_text([["file", "line", "reason", *titles]])
    page: list[list[str]] = []
    for one in errors(session, import_id):
        page.append([one.part, str(one.line), one.reason, *one.values])
        if len(page) == PAGE:
            yield csv_text(page)
            page = []
    yield csv_text(page)


def titles_of(tables: Iterable[Sequence[str]]) -> list[str]:
    """Return the titles above the errors of a file: those of its widest table."""
    return [storable(one[:LONGEST_VALUE]) for one in max(tables, key=len, default=())]
