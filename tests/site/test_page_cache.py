"""Pages are kept until something changes, and never hold anything of the visitor."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.articles.models import Edition
from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.memberships.models import MemberCounter
from app.site.page_cache import MOST_BYTES, PageCache, matches, takes_gzip
from tests.articles.making import make_draft, make_edition
from tests.goal.making import make_campaign
from tests.site.making import Reader, set_count
from tests.waiting import until


@pytest.fixture
def path(reader: Reader) -> str:
    with reader.database.write() as session:
        edition = make_edition(session)
        make_campaign(session)
        set_count(session, 7)
        session.commit()
    return reader.path_of(edition)


@contextmanager
def reads_of(database: Database) -> Iterator[list[str]]:
    """Collect the statements that read an edition."""
    seen: list[str] = []

    def listen(*said: object) -> None:
        if "FROM edition JOIN article" in str(said[2]):
            seen.append(str(said[2]))

    event.listen(database.engine, "before_cursor_execute", listen)
    yield seen
    event.remove(database.engine, "before_cursor_execute", listen)


@contextmanager
def database_away(database: Database) -> Iterator[None]:
    """Let every statement fail as if the server had gone."""

    def fail(*_said: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server is gone"))

    event.listen(database.engine, "before_cursor_execute", fail)
    yield
    event.remove(database.engine, "before_cursor_execute", fail)


def test_a_second_reader_costs_no_statement(reader: Reader, path: str) -> None:
    first = reader.get(path)
    with reads_of(reader.database) as seen:
        second = reader.get(path)

    assert first.data == second.data
    assert seen == []


def test_a_kept_page_carries_every_header_of_a_fresh_one(reader: Reader, path: str) -> None:
    fresh, kept = reader.get(path), reader.get(path)
    changing = {"X-Request-ID", "Date"}

    assert {name for name, _ in fresh.headers} == {name for name, _ in kept.headers}
    for name, value in fresh.headers:
        assert name in changing or kept.headers[name] == value
    assert fresh.headers["X-Request-ID"] != kept.headers["X-Request-ID"]
    assert "default-src 'none'" in kept.headers["Content-Security-Policy"]


def test_a_page_may_be_kept_by_anyone_and_is_asked_about_each_time(
    reader: Reader, path: str
) -> None:
    response = reader.get(path)

    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_has_not_changed_is_not_sent_again(reader: Reader, path: str, encoding: str) -> None:
    etag = reader.get(path, Accept_Encoding=encoding).headers["ETag"]
    again = reader.get(path, Accept_Encoding=encoding, If_None_Match=etag)

    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == etag
    assert "Content-Security-Policy" in again.headers


def test_the_first_request_can_be_answered_with_unchanged_too(reader: Reader, path: str) -> None:
    etag = reader.get(path).headers["ETag"]
    reader.site.pages._pages.clear()

    assert reader.get(path, If_None_Match=etag).status_code == 304


def test_two_forms_of_a_page_have_two_strong_tags(reader: Reader, path: str) -> None:
    plain = reader.get(path)
    packed = reader.get(path, Accept_Encoding="gzip, br")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert not packed.headers["ETag"].startswith("W/")
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_head_tells_the_length_and_sends_nothing(reader: Reader, path: str) -> None:
    for _ in range(2):  # from the view, then from the cache
        response = reader.client.head(path)
        assert response.status_code == 200
        assert response.data == b""
        assert int(response.headers["Content-Length"]) == len(reader.get(path).data)


def test_a_change_of_content_is_on_the_page(reader: Reader, path: str) -> None:
    before = reader.get(path)
    with reader.database.write() as session:
        make_draft(session, headline="Sharper")
        session.commit()
    after = reader.get(path, If_None_Match=before.headers["ETag"])

    assert after.status_code == 200
    assert "Sharper" in after.text


def test_a_change_of_the_count_is_on_the_page(reader: Reader, path: str) -> None:
    assert "<strong>7</strong>" in reader.text(path)
    with reader.database.write() as session:
        set_count(session, 8)
        session.commit()

    assert "<strong>8</strong>" in reader.text(path)


def test_another_process_learns_of_changes_by_itself(reader: Reader, path: str) -> None:
    other = Database(reader.site.settings.database_url)
    client = compose(reader.site.settings, other).test_client()
    assert "<strong>7</strong>" in client.get(path).text
    with reader.database.write() as session:
        set_count(session, 9)
        make_draft(session, headline="Sharper")
        session.commit()

    until(lambda: "<strong>9</strong>" in client.get(path).text, seconds=20)
    assert "Sharper" in client.get(path).text
    other.dispose()


def test_a_page_is_too_old_once_the_count_has_run_out(reader: Reader, path: str) -> None:
    with reader.database.write() as session:
        counter = session.get_one(MemberCounter, 1)
        counter.valid_until = now(session) + timedelta(seconds=3)
        session.commit()
    reader.get(path)
    kept = reader.site.pages.any(path)
    assert kept is not None

    until(lambda: reader.site.pages.fresh(path) is not kept, seconds=20)


def test_a_moving_count_reads_no_article_again(reader: Reader, path: str) -> None:
    reader.get(path)
    with reader.database.write() as session:
        set_count(session, 8)
        session.commit()
    with reads_of(reader.database) as seen:
        assert "<strong>8</strong>" in reader.text(path)

    assert seen == []


def ask(reader: Reader, path: str, answers: list[bytes], start: threading.Barrier) -> None:
    start.wait()
    answers.append(reader.app.test_client().get(path).data)


def test_many_readers_at_once_cost_one_rendering(reader: Reader, path: str) -> None:
    reader.text("/")
    answers: list[bytes] = []
    start = threading.Barrier(8)
    threads = [threading.Thread(target=ask, args=(reader, path, answers, start)) for _ in range(8)]
    with reads_of(reader.database) as seen:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(seen) == 1
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_pages_are_served_as_they_were_while_the_database_is_away(
    reader: Reader, path: str
) -> None:
    before = reader.get(path)
    with database_away(reader.database):
        stale = reader.get(path)
        assert stale.status_code == 200
        assert stale.data == before.data
    with reader.database.write() as session:
        make_draft(session, headline="Sharper")
        session.commit()

    assert "Sharper" in reader.text(path)


def test_a_page_that_is_too_old_is_better_than_none(reader: Reader, path: str) -> None:
    before = reader.get(path)
    page = reader.site.pages.any(path)
    assert page is not None
    page.until = 0.0
    with database_away(reader.database):
        assert reader.get(path).data == before.data


def test_without_database_and_page_there_is_an_error_page(reader: Reader, path: str) -> None:
    with database_away(reader.database):
        response = reader.get(path)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert 'class="masthead"' in response.text
    assert reader.get(path).status_code == 200


@pytest.mark.parametrize("made", ["/nope/", "/2026/11/nope/", "/join/", "/robots.txt"])
def test_only_pages_are_kept(reader: Reader, path: str, made: str) -> None:
    reader.get(made)

    assert reader.site.pages.any(made) is None


def test_an_address_with_a_query_is_never_kept(reader: Reader, path: str) -> None:
    reader.get(f"{path}?utm_source=x")
    assert reader.site.pages.any(path) is None

    response = reader.get(f"{path}?utm_source=x")
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_kept_page_is_not_for_other_hosts(reader: Reader, path: str) -> None:
    reader.get(path)

    assert reader.get(path, Host="evil.example").status_code == 421
    assert reader.get(path, Host="localhost:8000").status_code == 200


def test_a_kept_page_is_not_posted_to(reader: Reader, path: str) -> None:
    reader.get(path)

    assert reader.client.post(path).status_code == 405


def test_the_memory_for_pages_is_bounded(reader: Reader, path: str) -> None:
    pages: PageCache = reader.site.pages
    present = reader.site.watch.present()
    body = b"x" * (MOST_BYTES // 10)
    for number in range(30):
        pages.keep(f"/{number}/", body, "text/html", present, None)
        if number > 2:
            assert pages.fresh("/0/") is not None

    kept = [number for number in range(30) if pages.any(f"/{number}/") is not None]
    assert len(kept) <= 10
    assert {0, 29} <= set(kept)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True),
        ("br, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("br", False),
        ("", False),
        ("xgzip", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str, expected: bool) -> None:
    assert takes_gzip(accepted) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_a_condition_names_a_page_by_its_tag(condition: str, expected: bool) -> None:
    assert matches(condition, '"a"') is expected


def test_a_scheduled_edition_ends_the_life_of_pages(reader: Reader, path: str) -> None:
    with reader.database.write() as session:
        draft: Edition = make_draft(session, "later")
        draft.state, draft.published_at = "scheduled", now(session) + timedelta(seconds=3)
        session.commit()
    later = reader.path_of(draft)
    assert later not in reader.get("/").text

    until(lambda: later in reader.client.get("/").text, seconds=20)
