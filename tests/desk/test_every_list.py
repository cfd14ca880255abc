"""No list at the desk is without search, sort, paging and CSV: `listing` gives all four."""

import ast
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from app.core.database import Database
from app.desk.listing import Table
from tests.desk.conftest import SitDown
from tests.desk.making import Desk
from tests.newsletters.making import make_list

ROOT = Path(__file__).parents[2]
TEMPLATES, DESK = ROOT / "templates", ROOT / "app/desk"

NO_LISTS = {
    "desk/_listing.html": "is what shows every list",
    "desk/morning/_morning.html": "figures: the rows behind each are lists of their own",
    "desk/campaigns/campaign.html": "milestones by languages: a form spread out",
    "desk/house/audit_entry.html": "the fields that one entry changed",
    "desk/imports/show.html": "how many become what, and the first rows of a file",
    "desk/lists/show.html": "one line of figures: its days are a list",
    "desk/merging/_person.html": "a few who may be the same person, found by a search",
    "desk/newsroom/quiet.html": "switches: the list of sections says the same, and is a list",
    "desk/campaigns/tiers.html": "the limits by currency, which are part of the program",
    "desk/door/you.html": "one's own few passkeys, each a form to rename it",
}
"""Templates of the desk that hold a table, and why that is no list."""


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((TEMPLATES / "desk").rglob("*.html")):
        yield path.relative_to(TEMPLATES).as_posix(), path.read_text()


def calls(name: str) -> Iterator[ast.Call]:
    for path in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def test_every_table_on_a_page_is_a_list_or_says_why_it_is_none() -> None:
    assert {name for name, text in templates() if "<table" in text} == set(NO_LISTS)


def test_a_list_cannot_be_made_without_a_search_and_an_order() -> None:
    needed = {one.name for one in fields(Table) if one.default is MISSING}

    assert {"search", "order", "key", "empty"} <= needed
    made = [{word.arg for word in one.keywords} for one in calls("Table")]
    assert len(made) > 30
    assert all({"search", "search_title", "order"} <= words for words in made)


def test_every_page_of_a_list_shows_it_with_its_search_sort_pages_and_csv() -> None:
    shown = dict(templates())
    named = {
        one.args[0].value for one in calls("list_page") if isinstance(one.args[0], ast.Constant)
    }
    assert len(named) > 20
    assert [name for name in named if not re.search(r"show\(listing,", shown[str(name)])] == []


SPELLED_OUT = {
    *("shown_moment", "shown_day", "spelled_out", "clock_text", "format_date", "format_datetime"),
    *("minute", "moment", "day", "short_day", "when", "strftime", "isoformat"),
}
"""What makes a text of a moment: `listing` does, in one way for pages and another for files."""


def of_columns(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what the columns of a module show, with the functions of it that they go by."""
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    made = (one for one in ast.walk(tree) if isinstance(one, ast.Call))
    columns = [one for one in made if getattr(one.func, "id", "") == "Column"]
    waiting: list[ast.AST] = [one.args[2] for one in columns]
    while waiting:
        for node in ast.walk(waiting.pop()):
            yield node
            if isinstance(node, ast.Name) and (known := functions.pop(node.id, None)):
                waiting.append(known)


def test_no_column_makes_a_text_of_a_moment_itself() -> None:
    trees = {path.name: ast.parse(path.read_text()) for path in DESK.rglob("*.py")}
    shown = [(name, one) for name, tree in trees.items() for one in of_columns(tree)]

    calls_of = [(name, one.func) for name, one in shown if isinstance(one, ast.Call)]
    names = [(name, getattr(one, "id", getattr(one, "attr", ""))) for name, one in calls_of]
    assert len(names) > 100
    assert [(name, called) for name, called in names if called in SPELLED_OUT] == []


ALSO = (
    *(f"/desk/morning/{one}/" for one in (
        "moves/net", "due/yearly", "value/EUR", "gifts/EUR", "received/EUR", "funnel/daily",
        "brought/page", "brought/ask", "joins/ask",
    )),
    *(f"/desk/newsletters/daily/{one}/" for one in ("subscribers", "days", "articles")),
    "/desk/webhooks/1/",
)  # fmt: skip
"""Lists below something that has a name."""


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An administrator, a newsletter and a system that is told of it."""
    sitting = desk("admin")
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    sitting.post("/desk/webhooks/new/", name="crm", url="https://crm.example", event="confirmed")
    return sitting


def test_every_list_over_the_map_of_addresses_is_searched_and_taken_along(at: Desk) -> None:
    plain = [
        rule.rule
        for rule in at.app.url_map.iter_rules()
        if rule.rule.startswith("/desk/") and rule.arguments <= {"language"}
        if "GET" in (rule.methods or ())
    ]
    lists, wrong = 0, []
    for path in (*plain, *ALSO):
        week = "2026-11-23" if "received" in path else "late"
        asked = f"{path}?q=2026-11&week={week}"
        if 'id="listing"' not in at.get(asked).text:
            wrong += [path] if path in ALSO else []
            continue
        lists += 1
        file = at.get(f"{asked}&as=csv")
        is_right = 'id="q"' in at.get(asked).text and file.mimetype == "text/csv"
        wrong += [] if is_right and file.text else [path]
    assert wrong == []
    assert lists > 30
