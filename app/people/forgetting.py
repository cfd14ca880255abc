"""Forgetting a person whom nothing holds: not a trace stays, unlike of one who is erased.

What holds somebody is any row of any table that refers to them, unless a feature has declared it
a leftover: a table that somebody adds and forgets to declare keeps people, and loses nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, and_, bindparam, delete, select
from sqlalchemy.orm import Session, aliased

from app.core.orm import Base, table_of
from app.core.retention import Leftover
from app.people.models import EmailAddress, Person
from app.people.sign_in_models import SignIn

_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_OWN_KEYS = select(EmailAddress.key).where(EmailAddress.person_id.in_(_PEOPLE))
OWN = (
    Leftover(
        "sign_in",
        delete(table_of(SignIn)).where(
            SignIn.person_id.in_(_PEOPLE) | SignIn.address_key.in_(_OWN_KEYS)
        ),
    ),
    Leftover(
        "email_address",
        delete(table_of(EmailAddress)).where(EmailAddress.person_id.in_(_PEOPLE)),
    ),
)
_FORGET = delete(table_of(Person)).where(Person.id.in_(_PEOPLE))


def nothing_holds(leftovers: Iterable[Leftover]) -> ColumnElement[bool]:
    """Return the condition that a row of `person` is held by nothing but leftovers."""
    unless = {one.table: one.unless for one in (*leftovers, *OWN)}
    holders = [_refers(column, unless.get(column.table.name)) for column in _held_by(unless)]
    return and_(*(~one for one in holders))


def _held_by(unless: Mapping[str, ColumnElement[bool] | None]) -> Iterator[Column[Any]]:
    """Yield the columns by which a row may hold a person."""
    person = table_of(Person)
    for table in Base.metadata.sorted_tables:
        if table.name in unless and unless[table.name] is None:
            continue
        for column in table.columns:
            if any(key.column.table is person for key in column.foreign_keys):
                yield column


def _refers(column: Column[Any], unless: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """Return whether a row refers to the person at hand by this column, and holds them."""
    if column.table is table_of(Person):
        other = aliased(Person)
        return select(other.id).where(getattr(other, column.name) == Person.id).exists()
    holds = [column == Person.id] if unless is None else [column == Person.id, unless]
    return select(column).where(*holds).exists()


def forget(session: Session, leftovers: Iterable[Leftover], people: Sequence[int]) -> None:
    """Take people out of every row, and their own; flushed, not committed.

    They are locked, and nothing holds them.
    """
    for one in (*leftovers, *OWN):
        session.execute(one.forget, {"people": people})
    session.execute(_FORGET, {"people": people})
