"""How many members there were at the end of each day, from the spans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.core.parting import part_of
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
    moved = [[0, 0] for _ in bounds[1:]]
    edges = []
    for place, edge in enumerate((spans.c.starts_at, spans.c.ends_at)):
        part = part_of(session, edge, bounds[1:-1]).label("part")
        counted = select(part, literal(place).label("place"), func.count().label("people"))
        within = counted.where(edge >= bounds[0], edge <= bounds[-1])
        edges.append(within.group_by(part))
    for stretch, place, people in session.execute(union_all(*edges)):
        moved[stretch][place] = people
    stretches = []
    for came, left in reversed(moved):
        stretches.append(Stretch(members, came, left))
        members -= came - left
    return stretches[::-1]
