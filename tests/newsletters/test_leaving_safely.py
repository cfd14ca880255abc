"""Unsubscribing when much happens at once, or the database takes nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, text
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.mail.suppression import BOUNCE, suppress
from app.newsletters.leaving import UNDO_FOR
from app.newsletters.models import Subscription
from tests.newsletters.making import ANN, Newsroom, heading
from tests.newsletters.test_leaving import ONE_CLICK, way_out
from tests.site.test_page_cache import database_away

__all__ = ["way_out"]


@pytest.fixture
def reading_only(newsroom: Newsroom, way_out: str) -> Iterator[FlaskClient]:
    """A browser at the same newsroom, whose database now only reads."""
    url = newsroom.settings.database_url
    if newsroom.database.is_sqlite:
        url = f"{url.replace('sqlite:///', 'sqlite:///file:')}?mode=ro&uri=true"
    else:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            name = str(engine.url.database)
            connection.execute(
                text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            )
        engine.dispose()
    database = Database(url)
    yield compose(newsroom.settings, database).test_client()
    database.dispose()


def come_again(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "try again" in answer.text
    assert "no longer" not in answer.text


def test_while_the_database_only_reads_nobody_is_told_that_it_is_done(
    newsroom: Newsroom, way_out: str, reading_only: FlaskClient
) -> None:
    page = reading_only.get(way_out)
    assert (page.status_code, heading(page)) == (200, "Stop receiving Weekly?")
    for fields in (ONE_CLICK, {}):
        come_again(reading_only.post(way_out, data=fields))
    assert newsroom.states()["weekly"] == "confirmed"
    assert [one.what for one in newsroom.consents()].count("unsubscribed") == 0


def test_while_the_database_is_away_nobody_is_told_that_it_is_done(
    newsroom: Newsroom, way_out: str
) -> None:
    with database_away(newsroom.database):
        come_again(newsroom.client.post(way_out, data=ONE_CLICK))
        come_again(newsroom.post(way_out))
        come_again(newsroom.client.get(way_out))
    assert newsroom.states()["weekly"] == "confirmed"
    assert newsroom.client.post(way_out, data=ONE_CLICK).status_code == 200
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_fifty_at_once_end_in_one_state_with_a_row_for_each_change(
    newsroom: Newsroom, way_out: str
) -> None:
    posts = [ONE_CLICK, {}, {"undo": "1"}, ONE_CLICK, {"undo": "1"}] * 10
    app = newsroom.client.application

    def post(fields: dict[str, str]) -> int:
        return app.test_client().post(way_out, data=fields).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(post, posts)) == {200}
    changes = [one.what for one in newsroom.consents() if one.newsletter_id == weekly(newsroom)]
    changes = changes[changes.index("confirmed") :]
    assert changes == ["confirmed", "unsubscribed"] * (len(changes) // 2) + ["confirmed"] * (
        len(changes) % 2
    )
    assert newsroom.states()["weekly"] == changes[-1]
    assert newsroom.states()["daily"] == "confirmed"


def test_fifty_one_clicks_at_once_are_one_change(newsroom: Newsroom, way_out: str) -> None:
    app = newsroom.client.application
    with ThreadPoolExecutor(10) as pool:
        posts = pool.map(lambda _n: app.test_client().post(way_out, data=ONE_CLICK), range(50))
        assert {one.status_code for one in posts} == {200}
    assert [one.what for one in newsroom.consents()].count("unsubscribed") == 1


def weekly(newsroom: Newsroom) -> int:
    return newsroom.lists["weekly"]


def test_what_was_left_can_be_taken_back_for_an_hour_only(newsroom: Newsroom, way_out: str) -> None:
    assert 'name="undo"' in newsroom.post(way_out).text
    newsroom.advance(seconds=(UNDO_FOR + timedelta(seconds=5)).total_seconds())
    assert 'name="undo"' not in newsroom.client.get(way_out).text
    newsroom.post(way_out, undo="1")
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_nobody_is_brought_back_to_a_mailbox_that_was_shut(
    newsroom: Newsroom, way_out: str
) -> None:
    newsroom.post(way_out)
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, BOUNCE, now(session))
        session.commit()
    newsroom.post(way_out, undo="1")
    assert newsroom.states()["weekly"] == "unsubscribed"


def test_of_whom_nothing_is_left_nothing_is_left_to_end(newsroom: Newsroom, way_out: str) -> None:
    with newsroom.database.write() as session:
        session.execute(delete(Subscription))
        session.commit()
    assert newsroom.client.post(way_out, data=ONE_CLICK).status_code == 200
    page = newsroom.post(way_out)
    assert (page.status_code, heading(page)) == (200, "You no longer receive this newsletter")
    assert newsroom.post(f"/uk{way_out}").status_code == 200


def test_one_click_comes_as_a_form_of_either_kind(newsroom: Newsroom, way_out: str) -> None:
    whole = newsroom.client.post(way_out, data=ONE_CLICK, content_type="multipart/form-data")
    assert whole.status_code == 200
    assert newsroom.consents()[-1].form == "one-click"


def test_a_forwarded_mail_confirms_nothing_that_was_asked_in_somebodys_name(
    newsroom: Newsroom, way_out: str
) -> None:
    newsroom.post(way_out)
    newsroom.advance(days=30)
    newsroom.asks(ANN, "weekly")
    assert newsroom.states()["weekly"] == "pending"
    newsroom.post(way_out)
    assert 'name="undo"' not in newsroom.client.get(way_out).text
    newsroom.post(way_out, undo="1")
    assert newsroom.states()["weekly"] == "unsubscribed"
