"""Subscribers as CSV, page by page from one snapshot: a million take the memory of ten.

Pages are cut by id, inside one read transaction: both databases show it the same state from its
first page to its last, and keep nobody from writing meanwhile. Where a page ends is asked first, by
the key alone, so that whatever is joined to it costs the same on the last page as on the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session

from app.core.database import Database, one_snapshot
from app.core.spreadsheets import csv_text
from app.newsletters.models import Consent, Newsletter, Subscription
from app.newsletters.moving.columns import cell
from app.people.models import EmailAddress, Person
from app.people.survivors import all_of

PAGE = 2_000
_AFTER: Any = bindparam("after")
_THROUGH: Any = bindparam("through")
COLUMNS = (
    "email",
    "name",
    "language",
    "newsletter",
    "state",
    "source",
    "asked_at",
    "confirmed_at",
    "ended_at",
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Whose subscriptions are wanted; what is left out narrows nothing.

    Attributes:
        lists: Ids of newsletters.
        states: Of the subscriptions.
        language: In which the person reads.
        since: The subscription began then, or later.
        source: A path of ours with which the path that they came by begins, or the form by which
            they came, like `embed` or `import`.
    """

    lists: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    language: str | None = None
    since: datetime | None = None
    source: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a subscription must meet."""
        if self.lists:
            yield Subscription.newsletter_id.in_(self.lists)
        if self.states:
            yield Subscription.state.in_(self.states)
        if self.language:
            yield Person.language == self.language
        if self.since:
            yield Subscription.asked_at >= self.since
        if self.source:
            yield _came_by(self.source)


def count_subscribers(session: Session, segment: Segment) -> int:
    """Return how many lines the file of a segment has."""
    found = (
        select(func.count(Subscription.id))
        .join(Person, Person.id == Subscription.person_id)
        .where(*segment.conditions())
    )
    return session.scalar(found) or 0


def export_subscribers(database: Database, segment: Segment) -> Iterator[str]:
    """Yield the subscribers of a segment as CSV, a header first, a page at a time."""
    with database.read() as session:
        one_snapshot(session)
        yield csv_text([COLUMNS])
        for page in pages(session, Subscription.id, _subscribers(segment)):
            yield csv_text(_cells(row) for row in page)


def pages(
    session: Session,
    key: SQLColumnExpression[Any],
    statement: Select[Any],
    start: object = 0,
) -> Iterator[list[Any]]:
    """Yield the rows of a statement page by page, leaving out pages that have none.

    Args:
        session: In one snapshot.
        key: By whose order pages are cut.
        statement: Its rows are those `within` a page.
        start: Below every key.
    """
    following = select(key).where(key > _AFTER).order_by(key).limit(PAGE).subquery()
    last = select(func.max(following.c[0]))
    after = start
    while (through := session.scalar(last, {"after": after})) is not None:
        if rows := session.execute(statement, {"after": after, "through": through}).all():
            yield list(rows)
        after = through


def within(key: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return what holds for the rows of one page."""
    return and_(key > _AFTER, key <= _THROUGH)


def address_id() -> ScalarSelect[int]:
    """Return the id of the address that the person of a row is written to."""
    return (
        select(EmailAddress.id)
        .where(EmailAddress.person_id == Person.id, EmailAddress.replaced_at.is_(None))
        .order_by(
            EmailAddress.verified_at.is_(None),
            EmailAddress.created_at.desc(),
            EmailAddress.id.desc(),
        )
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _own_address() -> ScalarSelect[int]:
    """Return the id of the address that a subscription itself goes to, while it opens anything."""
    return (
        select(EmailAddress.id)
        .where(EmailAddress.id == Subscription.address_id, EmailAddress.replaced_at.is_(None))
        .correlate(Subscription)
        .scalar_subquery()
    )


def _subscribers(segment: Segment) -> Select[Any]:
    wanted: tuple[Any, ...] = (
        Subscription.id,
        EmailAddress.address,
        Person.name,
        Person.language,
        Newsletter.slug,
        Subscription.state,
        Subscription.from_path,
        Subscription.asked_at,
        Subscription.confirmed_at,
        Subscription.ended_at,
    )
    return (
        select(*wanted)
        .join(Person, Person.id == Subscription.person_id)
        .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
        .join(EmailAddress, EmailAddress.id == func.coalesce(_own_address(), address_id()))
        .where(within(Subscription.id), *segment.conditions())
        .order_by(Subscription.id)
    )


def _came_by(source: str) -> ColumnElement[bool]:
    if source.startswith("/"):
        return Subscription.from_path.startswith(source, autoescape=True)
    return (
        select(Consent.id)
        .where(
            and_(
                Consent.person_id.in_(all_of(Subscription.person_id)),
                Consent.newsletter_id == Subscription.newsletter_id,
                Consent.form == source,
            )
        )
        .exists()
    )


def _cells(row: Any) -> list[str]:  # noqa: ANN401 - a row of the statement above
    return [cell(value) for value in row[1:]]
