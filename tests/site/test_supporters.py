"""The supporters' page: names as they were chosen, newest first, and gone once withdrawn."""

from datetime import datetime, timedelta

import pytest

from app.core.clock import now
from app.memberships import wall
from app.site import supporters_page
from app.site.supporters_page import PER_PAGE
from tests.mail.making import advance
from tests.memberships.making import at, make_person
from tests.site.making import Page, Reader


@pytest.fixture
def wall_reader(reader: Reader) -> Reader:
    """A reader of a newsroom that has the page."""
    if supporters_page.bp.name not in reader.app.blueprints:
        reader.app.register_blueprint(supporters_page.bp)
    return reader


def list_names(reader: Reader, *named: tuple[str, datetime]) -> list[int]:
    """Put names on the wall; return whose they are."""
    with reader.database.write() as session:
        people = [make_person(session) for _one in named]
        for person, (name, moment) in zip(people, named, strict=True):
            assert wall.put(session, person, name, moment)
        session.commit()
    return people


def test_an_empty_wall_says_so(wall_reader: Reader) -> None:
    assert "Nobody is named here yet." in wall_reader.text("/supporters/")


def test_names_are_listed_newest_first_month_by_month(wall_reader: Reader) -> None:
    list_names(
        wall_reader,
        ("Ann", at("2026-10-01 10:00")),
        ("Олена Ковальчук", at("2026-11-02 10:00")),
        ("Bob", at("2026-11-03 10:00")),
    )
    html = wall_reader.text("/supporters/")

    places = [html.index(word) for word in ("November 2026", "Bob", "Олена", "October 2026", "Ann")]
    assert places == sorted(places)


def test_a_month_is_that_of_the_newsrooms_own_calendar(wall_reader: Reader) -> None:
    list_names(wall_reader, ("Ann", at("2026-10-31 23:30")))  # in Kyiv the first of November

    assert "November 2026" in wall_reader.text("/supporters/")
    assert "Листопад 2026" in wall_reader.text("/uk/supporters/")


def test_a_name_is_text_and_nothing_else(wall_reader: Reader) -> None:
    list_names(wall_reader, ("Ann <b>&</b> Bob", at("2026-10-01")))

    assert "Ann &lt;b&gt;&amp;&lt;/b&gt; Bob" in wall_reader.text("/supporters/")


def test_the_page_is_kept_and_holds_nothing_of_the_visitor(wall_reader: Reader) -> None:
    list_names(wall_reader, ("Ann", at("2026-10-01")))
    first = wall_reader.get("/supporters/")

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in first.headers
    again = wall_reader.get("/supporters/", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304


def test_a_name_withdrawn_is_gone_at_once(wall_reader: Reader) -> None:
    ann, _bob = list_names(wall_reader, ("Ann", at("2026-10-01")), ("Bob", at("2026-10-02")))
    assert "Ann" in wall_reader.text("/supporters/")

    with wall_reader.database.write() as session:
        wall.withdraw(session, ann, now(session))
        session.commit()

    html = wall_reader.text("/supporters/")
    assert "Ann" not in html
    assert "Bob" in html


def test_a_new_name_is_there_within_a_minute(wall_reader: Reader) -> None:
    wall_reader.text("/supporters/")
    list_names(wall_reader, ("Ann", at("2026-10-01")))

    advance(wall_reader.database, seconds=61)

    assert "Ann" in wall_reader.text("/supporters/")


def test_the_list_goes_on_where_its_first_page_ends(wall_reader: Reader) -> None:
    newest = at("2026-10-20")
    list_names(
        wall_reader,
        *((f"Name {one:03}!", newest - timedelta(hours=one)) for one in range(PER_PAGE + 2)),
    )
    first = Page(wall_reader.text("/supporters/"))
    (older,) = [one["href"] for one in first.all("a", rel="next")]
    second = wall_reader.text(older)

    assert f"Name {PER_PAGE - 1:03}!" not in second
    assert f"Name {PER_PAGE:03}!" in second
    assert f"Name {PER_PAGE + 1:03}!" in second
    assert Page(second).all("a", rel="next") == []
    assert Page(second).meta("robots") == "noindex"


def test_names_of_one_moment_are_never_torn_apart(wall_reader: Reader) -> None:
    moment = at("2026-10-20")
    together = [(f"Name {one:03}!", moment) for one in range(PER_PAGE + 5)]
    list_names(
        wall_reader, ("Newest", moment + timedelta(days=1)), *together, ("Old", at("2026-09-01"))
    )
    html = wall_reader.text("/supporters/")
    (older,) = [one["href"] for one in Page(html).all("a", rel="next")]

    assert html.count("Name ") == PER_PAGE + 5
    second = wall_reader.text(older)
    assert "Old" in second
    assert "Name " not in second


def test_no_address_of_the_page_tells_whose_a_name_is(wall_reader: Reader) -> None:
    newest = at("2026-10-20")
    list_names(
        wall_reader,
        *((f"Name {one}", newest - timedelta(hours=one)) for one in range(PER_PAGE + 1)),
    )
    (older,) = Page(wall_reader.text("/supporters/")).all("a", rel="next")

    assert older["href"].endswith("-0")


@pytest.mark.parametrize("before", ["x", "1", "-1", "9" * 50, "\x00"])
def test_a_place_that_is_not_ours_is_no_page(wall_reader: Reader, before: str) -> None:
    answer = wall_reader.client.get("/supporters/", query_string={"before": before})

    assert answer.status_code == 404


def test_a_page_after_the_last_says_so(wall_reader: Reader) -> None:
    assert "There are no names before this." in wall_reader.text("/supporters/?before=1000000-0")
