"""No event is lost, whatever order transactions end in, and none is told twice."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.newsletters import telling
from app.newsletters.models import Consent
from app.newsletters.webhooks import spreading as webhook_spreading
from app.newsletters.webhooks.models import WebhookCursor
from tests.newsletters.webhooks.rooms import Room, consent
from tests.schema import ROOT


def spread(room: Room) -> None:
    with room.newsroom.database.write() as session:
        webhook_spreading.spread(session, now(session))
        session.commit()


def told(room: Room) -> set[int | None]:
    """Return which consents are on their way."""
    return {one.consent_id for one in room.deliveries()}


def cursor(room: Room) -> int:
    with room.newsroom.database.read() as session:
        return session.scalars(select(WebhookCursor.done_id)).one()


@contextmanager
def adding(room: Room) -> Iterator[tuple[Session, int]]:
    """Hold a transaction open that has added to the record; yield it and the row's id."""
    with room.newsroom.database.write() as session:
        row = consent("confirmed", now(session), room.newsroom.lists["daily"])
        session.add(row)
        session.flush()
        yield session, row.id


def test_what_is_committed_late_below_what_was_told_is_told_too(room: Room) -> None:
    room.listens()
    if room.newsroom.database.is_sqlite:
        pytest.skip("SQLite has one writer: nothing is committed late")
    before = cursor(room)
    with adding(room) as (late, late_id):
        later = [room.happens() for _ in range(3)]
        for _ in range(3):
            spread(room)
        assert late_id < min(later)
        assert (told(room), cursor(room)) == (set(later), before)
        late.commit()
    spread(room)

    assert told(room) == {late_id, *later}
    spread(room)
    assert cursor(room) == max(later)


def test_what_is_rolled_back_holds_nothing_up(room: Room) -> None:
    room.listens()
    if room.newsroom.database.is_sqlite:
        pytest.skip("SQLite has one writer: nobody is waited for")
    with adding(room) as (late, late_id):
        room.happens()
        spread(room)
        late.rollback()
    last = room.happens()
    for _ in range(2):
        spread(room)

    assert cursor(room) == last
    assert late_id not in told(room)


def write(room: Room) -> None:
    """Add to the record, row by row; the ends come in another order than the ids."""
    for _ in range(15):
        with adding(room) as (session, _id):
            if not room.newsroom.database.is_sqlite:
                threading.Event().wait(random.random() / 50)  # noqa: S311 - shuffles the ends
            session.commit()


def spread_until(room: Room, stop: threading.Event) -> None:
    """Spread again and again."""
    while not stop.is_set():
        spread(room)


def test_many_writers_and_several_spreaders_lose_and_double_nothing(room: Room) -> None:
    room.listens()
    stop = threading.Event()
    with ThreadPoolExecutor(6) as threads:
        spreading = [threads.submit(spread_until, room, stop) for _ in range(2)]
        writing = [threads.submit(write, room) for _ in range(4)]
        wait(writing)
        stop.set()
    spread(room)

    assert [one.result() for one in (*writing, *spreading)] == [None] * 6
    with room.newsroom.database.read() as session:
        record = session.scalars(select(Consent.id).where(Consent.what == "confirmed")).all()
    assert len(record) == 60
    assert sorted(one.consent_id or 0 for one in room.deliveries()) == sorted(record)


def test_a_long_record_is_spread_page_by_page_over_gaps(room: Room) -> None:
    room.listens()
    with room.newsroom.database.write() as session:
        last = session.scalar(select(func.max(Consent.id))) or 0
        moment = now(session)
        for one in range(7):
            session.add(
                consent("bounced", moment, room.newsroom.lists["daily"], id=last + 1 + one * 5000)
            )
        session.commit()
    for _ in range(2):
        spread(room)

    assert len(told(room)) == 7


def test_nothing_is_written_where_nobody_listens(room: Room) -> None:
    room.happens()

    assert room.work() == 0
    spread(room)

    assert room.deliveries() == []
    with room.newsroom.database.read() as session:
        assert session.scalar(select(func.count()).select_from(WebhookCursor)) == 0


def test_what_happened_before_there_was_a_system_is_no_news_to_it(room: Room) -> None:
    room.listens()
    with room.newsroom.database.write() as session:
        old = now(session) - timedelta(days=400)
        session.add(consent("confirmed", old, room.newsroom.lists["daily"]))
        session.commit()
    last = room.happens()
    spread(room)

    assert told(room) == {last}


def test_whatever_adds_to_the_record_rings_the_lane_if_anybody_listens(room: Room) -> None:
    rung: list[str] = []
    telling._kept.clear()
    with room.newsroom.database.write() as session:
        telling.tell(session)
        rung += session.info.get("unwalled_rung", ())
    room.listens()
    telling._kept.clear()
    with room.newsroom.database.write() as session:
        telling.tell(session)
        rung += session.info.get("unwalled_rung", ())

    assert rung == ["webhooks"]


def test_every_module_that_adds_what_is_told_rings() -> None:
    """Imports are silent, taken back as well, and so are forgetting and moving in."""
    folder = ROOT / "app/newsletters"
    sources = {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text()
        for path in folder.rglob("*.py")
    }
    adding_to_it = {name for name, code in sources.items() if "insert(table_of(Consent))" in code}

    assert {"recording", "confirming", "leaving", "ending"} <= adding_to_it
    silent = {name for name in adding_to_it if "tell(session)" not in sources[name]}
    assert silent == {"imports/undoing", "imports/writing", "moving/moving_in", "retention"}
