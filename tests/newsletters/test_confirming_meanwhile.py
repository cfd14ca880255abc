"""Whoever confirms holds a person first; so does whatever changes things at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update

from app.core.clock import now
from app.core.database import Database
from app.core.tokens import token_hash
from app.newsletters.confirming import Act, confirm
from app.newsletters.models import Subscription
from app.people.models import Person
from tests.newsletters.imports.files_of_subscribers import Moving, plain, table
from tests.newsletters.making import ANN, Newsroom, link_in
from tests.waiting import until

BOB = "bob@post.example"
WAITS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def waits(database: Database) -> bool:
    with database.read() as session:
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
        until(lambda: waits(newsroom.database))
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        assert confirm(session, hashed, (), Act("button", "en", None), now(session)) == []
        session.commit()
        working.result()
    assert newsroom.states(BOB) == {"daily": "confirmed", "weekly": "pending"}
    assert newsroom.states(ANN) == {"daily": "pending"}


def test_an_import_waits_for_whoever_holds_the_person_and_holds_nothing_of_theirs(
    moving: Moving,
) -> None:
    if moving.database.is_sqlite:
        pytest.skip("SQLite has one writer, who holds everything")
    moving.bring(plain(ANN))
    gone = table(["email", "name", "state"], {"email": ANN, "name": "Ann", "state": "unsubscribed"})
    with ThreadPoolExecutor(1) as pool, moving.database.write() as session:
        session.execute(select(Person.id).with_for_update(key_share=True))
        bringing = pool.submit(moving.bring, gone)
        until(lambda: waits(moving.database))
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        session.execute(update(Subscription).values(paused_until=now(session)))
        session.commit()
        bringing.result()
    assert moving.states() == {ANN: "unsubscribed"}
