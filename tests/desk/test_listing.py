"""Lists: searched, narrowed, sorted, paged and taken along, on both databases."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.database import Database
from app.core.routes import access, localized
from app.desk.list_pages import list_page
from app.desk.listing import PAGE, Cell, Column, Filter, Table, as_csv, listed, read_asked
from app.newsletters.models import Newsletter
from app.people.audit import AuditEntry
from app.people.models import Person
from app.people.staff_models import StaffSession
from tests.desk.conftest import SitDown

rows = select(Person.id, Person.name, Person.language)
TABLE = Table(
    name="people",
    rows=rows,
    key=Person.id,
    columns=(
        Column("id", lambda: "Number", lambda row: str(row.id), Person.id, numeric=True),
        Column("name", lambda: "Name", lambda row: Cell(row.name or "", "/x/"), Person.name),
        Column("language", lambda: "Language", lambda row: row.language),
    ),
    order="name",
    empty=lambda: "Nobody yet: let somebody sign up.",
    search=lambda words: func.lower(Person.name).contains(words.lower(), autoescape=True),
    filters=(
        Filter(
            "reads",
            lambda: "Language",
            (("", "All"), ("en", "English"), ("uk", "Ukrainian")),
            lambda value: Person.language == value,
        ),
    ),
    personal=True,
)


def make_people(database: Database, *names: str | None, language: str = "en") -> None:
    with database.write() as session:
        for name in names:
            person = Person(public_id=f"{name}-{language}", name=name, language=language)
            person.created_at = now(session)
            session.add(person)
        session.commit()


def names(database: Database, **asked: str) -> list[str]:
    with database.read() as session:
        return [row[1].text for row in listed(session, TABLE, read_asked(TABLE, asked)).rows]


def test_rows_are_sorted_by_the_column_asked_for(database: Database) -> None:
    make_people(database, "Bob", "Ann", None)

    assert names(database) == ["Ann", "Bob", ""]
    assert names(database, sort="-name") == ["Bob", "Ann", ""]
    assert names(database, sort="-id") == ["", "Ann", "Bob"]


@pytest.mark.parametrize("sort", ["language", "-nothing", "id; DROP TABLE person", "--id", "\x00"])
def test_what_cannot_be_sorted_by_is_left_out(database: Database, sort: str) -> None:
    make_people(database, "Bob", "Ann")

    assert names(database, sort=sort) == ["Ann", "Bob"]


def test_words_find_rows_and_mean_themselves(database: Database) -> None:
    make_people(database, "Bob 50%", "Ann_1", "Carl")

    assert names(database, q=" bob ") == ["Bob 50%"]
    assert names(database, q="%") == ["Bob 50%"]
    assert names(database, q="_") == ["Ann_1"]


def test_a_choice_narrows_and_an_unknown_one_does_not(database: Database) -> None:
    make_people(database, "Ann")
    make_people(database, "Олена", language="uk")

    assert names(database, reads="uk") == ["Олена"]
    assert names(database, reads="xx") == ["Ann", "Олена"]


@pytest.mark.parametrize(
    ("page", "first", "many"),
    [("1", "n000", PAGE), ("2", "n050", 7), ("9", "n050", 7), ("0", "n000", PAGE),
     ("-1", "n000", PAGE), ("x", "n000", PAGE), ("9" * 400, "n050", 7)],
)  # fmt: skip
def test_pages_follow_one_another_and_the_last_is_the_last(
    database: Database, page: str, first: str, many: int
) -> None:
    make_people(database, *(f"n{number:03d}" for number in range(PAGE + 7)))

    found = names(database, page=page)
    assert (found[0], len(found)) == (first, many)


def test_a_file_has_every_row_and_no_formula(database: Database) -> None:
    make_people(database, *(f"n{number:04d}" for number in range(1_100)), "=1+1")

    lines = list(csv.reader(io.StringIO("".join(as_csv(database, TABLE, read_asked(TABLE, {}))))))
    assert lines[0] == ["id", "name", "language"]
    assert (len(lines), lines[1][1], lines[-1][1]) == (1_102, "'=1+1", "n1099")


lists = Blueprint("lists", __name__)


@localized(lists, "/desk/lists/<kind>/")
@access("staff")
def show(kind: str) -> ResponseReturnValue:
    return list_page("desk/test_list.html", f"List of {kind}", TABLE)


TEMPLATE = """{% extends "desk/layout.html" %}{% from "desk/_listing.html" import show %}
{% block main %}<h1>{{ meta.title }}</h1>{{ show(listing, "People") }}{% endblock %}"""


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    app.register_blueprint(lists)
    loaded = app.jinja_env.loader
    assert loaded is not None
    load = loaded.get_source
    monkeypatch.setattr(
        loaded,
        "get_source",
        lambda env, name: (
            (TEMPLATE, None, None) if name == "desk/test_list.html" else load(env, name)
        ),
    )
    return app


SECOND_OF_TWO = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
SHOWN = (
    SECOND_OF_TWO,
    date(2026, 11, 27),
    Cell("undone on %(when)s", when=SECOND_OF_TWO),
    Cell("100% sure"),
    None,
)


@pytest.mark.parametrize(
    ("language", "moment", "day"),
    [("en", "25 Oct 2026, 03:30", "27 Nov 2026"), ("uk", "25 жовт. 2026, 03:30", "27 лист. 2026")],
)
def test_a_moment_is_spelled_out_on_a_page_and_can_be_sorted_in_a_file(
    app: Flask, database: Database, language: str, moment: str, day: str
) -> None:
    make_people(database, "Ann")
    columns = [
        Column(f"c{place}", lambda: "Title", lambda _row, one=one: one)  # type: ignore[misc] # bound here
        for place, one in enumerate(SHOWN)
    ]
    table = replace(TABLE, columns=(*TABLE.columns[:1], *columns), order="id")

    with app.test_request_context(), database.read() as session:
        g.language = language
        page = listed(session, table, read_asked(table, {})).rows[0]
        file = list(csv.reader(as_csv(database, table, read_asked(table, {}))))
    assert [one.text for one in page[1:]] == [moment, day, f"undone on {moment}", "100% sure", ""]
    iso = "2026-10-25T03:30+02:00"
    assert file[1][1:] == [iso, "2026-11-27", f"undone on {iso}", "100% sure", ""]


def test_a_page_links_to_what_is_asked_of_it(desk: SitDown, database: Database) -> None:
    make_people(database, *(f"n{number:03d}" for number in range(PAGE + 7)))

    page = desk("admin").get("/desk/lists/x/?q=n0&reads=en&at=noon").text
    head = unescape(page[page.index('aria-sort="ascending"') :].partition("</th>")[0])
    assert {"at=noon", "q=n0", "reads=en", "sort=-name"} <= set(re.split('[?&"]', head))
    assert '<input type="hidden" name="at" value="noon">' in page
    assert "page=2" in page
    assert "as=csv" in page
    assert "57 rows" in page


def test_a_list_without_rows_says_what_to_do(desk: SitDown, database: Database) -> None:
    at = desk("admin")

    assert "No row is like that" in at.get("/desk/lists/x/?q=zzz").text
    with database.write() as session:
        session.execute(update(Person).values(language="de"))
        session.commit()
    assert "No row is like that" in at.get("/desk/lists/x/?reads=uk").text


def test_people_s_data_leave_as_a_file_after_a_fresh_proof_and_are_written_down(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    answer = at.get("/desk/lists/x/?as=csv")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert "The admin" in answer.text
    with database.write() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.who, entry.what, entry.about) == (
            f"staff:{at.staff_id}", "list.exported", "list:people")  # fmt: skip
        session.execute(update(StaffSession).values(signed_in_at=now(session) - timedelta(hours=1)))
        session.commit()
    assert at.get("/desk/lists/x/?as=csv").location.startswith("/desk/prove/?next=/desk/lists/x/")


def test_a_list_without_a_row_says_what_to_do(database: Database) -> None:
    number = Column("id", lambda: "Number", lambda row: str(row.id), Newsletter.id)
    table = Table(
        "none", select(Newsletter.id), Newsletter.id, (number,), "id", TABLE.empty, TABLE.search
    )
    with database.read() as session:
        found = listed(session, table, read_asked(table, {}))

    assert (found.rows, found.pages) == ([], 1)


@pytest.mark.parametrize("name", ["language", "q", "sort", "page", "as"])
def test_a_filter_s_name_says_nothing_else_in_an_address(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a filter"):
        Filter(name, lambda: "x", (("", "All"),), lambda _value: Person.language == "en")
