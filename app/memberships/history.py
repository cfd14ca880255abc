"""How many members there were at the end of each day, from the spans."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.memberships.flows import spans_known


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened between one bound and the next.

    Attributes:
        members: At its end.
        came: Who became members in it.
        left: Who ceased to be.
    """

    members: int
    came: int
    left: int


def history(
    session: Session,
    bounds: Sequence[datetime],
    members: int,
    *,
    known_at: datetime | None = None,
) -> list[Stretch]:
    """Return what happened between each bound and the next, the last bound being the present.

    Args:
        session: Any.
        bounds: Two at least, in order.
        members: At the last bound.
        known_at: By what had been recorded by then; None for all that is known now.
    """
    spans = spans_known(known_at)
    edges = [
        select(edge.label("moment"), literal(place).label("place"), func.count().label("people"))
        .where(edge >= bounds[0], edge <= bounds[-1])
        .group_by(edge)
        for place, edge in enumerate((spans.c.starts_at, spans.c.ends_at))
    ]
    moved = [[0, 0] for _ in bounds[1:]]
    found = union_all(*edges).subquery()
    for moment, place, people in session.execute(select(found)):
        moved[min(bisect_right(bounds, moment), len(moved)) - 1][place] += people
    stretches = []
    for came, left in reversed(moved):
        stretches.append(Stretch(members, came, left))
        members -= came - left
    return stretches[::-1]
