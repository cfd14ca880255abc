"""Who a person has become: what comes for one who was merged away belongs to the one who stays.

`merged_into_id` always names the last of a chain, so that one step leads there.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.people.models import Person

_member = aliased(Person, name="of_one")


def stands_for(person: Any = Person) -> ColumnElement[int]:  # noqa: ANN401 - the class or an alias
    """Return, in SQL, the id of whom a row of `person` has become: itself, unless merged away."""
    found: ColumnElement[int] = func.coalesce(person.merged_into_id, person.id)
    return found


def all_of(person_id: Any) -> Select[int]:  # noqa: ANN401 - an id, a column or a parameter
    """Return, in SQL, the ids of a person and of all who were merged into them.

    What is only ever added to stays under the id that it was written with.
    """
    is_theirs = or_(_member.id == person_id, _member.merged_into_id == person_id)
    return select(_member.id).where(is_theirs).correlate_except(_member)


def survivor_of(session: Session, person_id: int) -> int:
    """Return who a person has become; themselves, unless they were merged away."""
    found = session.scalar(select(stands_for()).where(Person.id == person_id))
    return person_id if found is None else found


def merged_away(session: Session, person_id: int) -> list[int]:
    """Return who was merged into a person, oldest first."""
    asked = select(Person.id).where(Person.merged_into_id == person_id).order_by(Person.id)
    return list(session.scalars(asked))
