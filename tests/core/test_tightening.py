"""A door is held tight when too few who come are good, and eased an hour after the last sign."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.alarms import Alarm
from app.core.clock import now
from app.core.database import Database
from app.core.tightening import Rule, Tightening, forget_doors, is_tight, look

RULE = Rule(floor=20, least=50)
BAD, FAIR, GOOD, FEW = (5, 100), (25, 100), (40, 100), (0, 49)


def looks(database: Database, seen: tuple[int, int], after: float = 0, rule: Rule = RULE) -> bool:
    """Look once, so many minutes from now; return how the door stands."""
    with database.write() as session:
        tight = look(session, "door", rule, seen, now(session) + timedelta(minutes=after))
        session.commit()
    return tight


def alarms(database: Database) -> list[bool]:
    """Return the alarms, each by whether it is open."""
    with database.read() as session:
        return [row.cleared_at is None for row in session.scalars(select(Alarm))]


@pytest.mark.parametrize(("seen", "tight"), [(BAD, True), (FAIR, False), (GOOD, False)])
def test_a_low_share_holds_it_tight(
    database: Database, seen: tuple[int, int], *, tight: bool
) -> None:
    assert looks(database, seen) == tight
    assert alarms(database) == [True] * tight


def test_few_say_nothing(database: Database) -> None:
    assert not looks(database, FEW)


def test_nobody_is_held_up_who_set_no_floor(database: Database) -> None:
    assert not looks(database, (0, 1000), rule=Rule(0, 1))


def test_it_stays_tight_for_an_hour_without_a_sign(database: Database) -> None:
    looks(database, BAD)
    assert looks(database, FEW, 59)
    assert not looks(database, FEW, 61)
    assert alarms(database) == [False]


def test_it_takes_more_to_ease_it_than_it_took(database: Database) -> None:
    looks(database, BAD)
    assert looks(database, FAIR, 59)
    assert looks(database, GOOD, 61)
    assert not looks(database, GOOD, 120)


def test_an_operator_who_sets_no_floor_eases_it_at_once(database: Database) -> None:
    looks(database, BAD)
    assert not looks(database, BAD, 1, Rule(0, 50))


def test_an_alarm_is_raised_once_however_long_it_lasts(database: Database) -> None:
    for minute in range(5):
        looks(database, BAD, minute)
    with database.read() as session:
        assert session.scalars(select(Alarm.times)).all() == [1]
        assert session.scalars(select(Alarm.kind)).all() == ["door-tightened"]


def test_begun_again_it_is_an_alarm_again(database: Database) -> None:
    looks(database, BAD)
    looks(database, GOOD, 61)
    looks(database, BAD, 62)
    assert alarms(database) == [True]


def test_staff_can_see_what_was_seen(database: Database) -> None:
    looks(database, BAD)
    looks(database, FAIR, 1)
    with database.read() as session:
        row = session.scalars(select(Tightening)).one()
    assert (row.good, row.tried) == FAIR


def test_a_process_knows_within_a_second(database: Database) -> None:
    assert not is_tight(database, "door")
    looks(database, BAD)
    forget_doors(database)
    assert is_tight(database, "door")
    assert not is_tight(database, "another door")
