"""A confirmation, and a correction of its address that is worked on at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from app.core.clock import now
from app.core.tokens import token_hash
from app.newsletters.confirming import Act, confirm
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, link_in
from tests.waiting import until

BOB = "bob@post.example"
WAITS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def waits(newsroom: Newsroom) -> bool:
    with newsroom.database.read() as session:
        return bool(session.scalar(WAITS))


def test_whoever_holds_the_person_waits_for_nothing_else(newsroom: Newsroom) -> None:
    if newsroom.database.is_sqlite:
        pytest.skip("SQLite has one writer, who holds everything")
    newsroom.post(f"{newsroom.asks(BOB)}/address", email=ANN)
    newsroom.sign_up(BOB, "weekly")
    hashed = token_hash(link_in(newsroom.mails_to(BOB)[0]).rpartition("/")[2])
    with ThreadPoolExecutor(1) as pool, newsroom.database.write() as session:
        session.execute(select(Person.id).with_for_update(key_share=True))
        working = pool.submit(newsroom.work)
        until(lambda: waits(newsroom))
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        assert confirm(session, hashed, (), Act("button", "en", None), now(session)) == []
        session.commit()
        working.result()
    assert newsroom.states(BOB) == {"daily": "confirmed", "weekly": "pending"}
    assert newsroom.states(ANN) == {"daily": "pending"}
