"""What still refers to a row, by the tables' own foreign keys: the reason why it cannot go."""

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.core.orm import Base


def referring(session: Session, table: Table, key: int | str) -> dict[str, int]:
    """Return how many rows of which tables refer to the row with a primary key.

    It asks every table there is, so a feature that comes later need not be known here.
    """
    column = next(iter(table.primary_key.columns))
    found: dict[str, int] = {}
    for other in Base.metadata.sorted_tables:
        for foreign in other.foreign_keys:
            if foreign.column is column:
                counted = select(func.count()).select_from(other).where(foreign.parent == key)
                number = session.scalar(counted) or 0
                found[other.name] = found.get(other.name, 0) + number
    return {name: number for name, number in found.items() if number}
