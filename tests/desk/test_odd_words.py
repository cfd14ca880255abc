"""Every form of the desk with signs that nobody types: none fails, and no zero byte is written."""

from urllib.parse import quote

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.core.clock import now
from app.core.database import Database
from app.newsletters.webhooks import webhooks
from app.newsletters.webhooks.webhooks import EndpointFacts
from app.people import notes, tokens
from app.people.csrf import FIELD
from app.people.staff_sessions import MAY
from tests.articles.making import make_article, make_draft, make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, make_staff
from tests.desk.odd_words import ODD, Walk, names_of_fields, seated, send, zeros_written
from tests.desk.test_roles import path_of
from tests.memberships.making import make_person
from tests.newsletters.making import make_list

HALF_A_MEGABYTE = 400_000


@pytest.fixture
def at(database: Database, desk: SitDown) -> Desk:
    """An administrator of a newsroom that has one of most things."""
    sat = desk("admin")
    make_staff(database, "editor")
    with database.write() as session:
        moment = now(session)
        for make in (make_newsroom, make_article, make_edition):
            make(session)
        make_draft(session, slug="draft")
        make_list(session, "daily")
        tokens.create(session, "archive", ("lists",), moment, None)
        facts = EndpointFacts("crm", "https://crm.example/hear", ("confirmed",), ())
        webhooks.add(session, sat.app.extensions["unwalled_settings"], facts, moment)
        ann = make_person(session, "ann@post.example")
        notes.add(session, ann, sat.staff_id, "Wrote to us.", moment)
        session.commit()
    return sat


def rules(at: Desk, method: str) -> list[Rule]:
    found = [one for one in at.app.url_map.iter_rules() if one.rule.startswith("/desk/")]
    return [one for one in found if method in (one.methods or ())]


def test_no_form_fails_over_signs_that_nobody_types(at: Desk, database: Database) -> None:
    walk = Walk(at)
    with zeros_written(database) as zeros:
        walk.go()

    assert walk.failed == []
    assert zeros == []
    assert len(walk.filled) > 50


@pytest.mark.parametrize("odd", [ODD, "x", "\0"], ids=["odd", "long", "nothing"])
def test_no_route_fails_over_whatever_is_posted_to_it(
    at: Desk, database: Database, odd: str
) -> None:
    names, failed = names_of_fields(), []
    word = odd * (HALF_A_MEGABYTE // len(names)) if odd == "x" else odd
    with zeros_written(database) as zeros:
        for rule in rules(at, "POST"):
            at = seated(at, f"{rule.endpoint}@post.example")
            fields = MultiDict({**dict.fromkeys(names, word), FIELD: at.csrf()})
            is_door = getattr(at.app.view_functions[rule.endpoint], "access", "") not in MAY
            client = at.app.test_client() if is_door else at.client
            status = send(client, path_of(rule), fields)
            failed += [(rule.rule, status)] if status >= 500 else []
    assert (failed, zeros) == ([], [])


def test_more_than_is_taken_at_once_is_told_so(at: Desk) -> None:
    fields = MultiDict({"name": "x" * 3 * HALF_A_MEGABYTE, FIELD: at.csrf()})
    assert send(at.client, "/desk/tokens/new/", fields) == 413


@pytest.mark.parametrize("name", ['a"b; \u0454', "a\0b", "\u202eb", "x" * 3000])
def test_no_route_fails_over_a_name_that_nothing_has(
    at: Desk, database: Database, name: str
) -> None:
    wrong = []
    with zeros_written(database) as zeros:
        for rule in rules(at, "GET"):
            if "<" in rule.rule:
                path = path_of(rule).replace("/x", f"/{quote(name, safe='')}")
                answer = at.get(f"{path}?as=csv")
                answer.get_data()
                said = answer.headers.get("Content-Disposition", "")
                is_right = answer.status_code < 500 and said.isascii() and said.count('"') in {0, 2}
                wrong += [] if is_right else [(path, answer.status_code, said)]
    assert (wrong, zeros) == ([], [])
