"""Moments parted by the database as Python parts them."""

from bisect import bisect_right
from datetime import timedelta

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.core.orm import UtcDateTime
from app.core.parting import part_of
from tests.memberships.making import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("many", [0, 1, 2, 7, 180])
def test_a_moment_lies_in_the_part_after_the_bounds_that_are_not_after_it(
    session: Session, many: int
) -> None:
    bounds = [NOW + place * HOUR for place in range(many)]
    moments = [NOW + place * HOUR / 2 for place in (-1, 0, 1, 2, 3, 358, 400)]

    asked = [part_of(session, literal(one, UtcDateTime()), bounds) for one in moments]

    found = session.execute(select(*(part.label(f"of_{n}") for n, part in enumerate(asked)))).one()
    assert list(found) == [bisect_right(bounds, one) for one in moments]
