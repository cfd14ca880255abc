"""Every route and every role, both ways, as the map of addresses has them.

The views are stood in for by one that says `open`, so that nothing is done and every guard is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.people import sessions
from app.people.csrf import FIELD
from app.people.service import Newcomer, find_or_create
from app.people.staff_models import ROLES
from app.people.staff_sessions import MAY
from tests.conftest import make_settings, prepare
from tests.desk.making import OURS, Desk, sit_down

OPEN, SIGN_IN = "open", "/desk/sign-in/"
NOBODY, READER = "nobody", "reader"
DOORS = ("desk_sign_in", "desk_second", "desk_set_up", "desk_rehearsal")
"""Blueprints of pages that are for whoever is not in yet."""

POSTS = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class House:
    """The application, and a browser of each sort."""

    app: Flask
    clients: dict[str, FlaskClient]
    desks: dict[str, Desk]

    def sends(self, who: str, rule: Rule, method: str, **fields: str) -> TestResponse:
        """Have somebody ask for a route."""
        return self.clients[who].open(path_of(rule), method=method, data=fields, headers=OURS)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("roles")
    url = f"sqlite:///{folder}/roles.sqlite3"
    prepare(url)
    database = Database(url)
    app = compose(make_settings(url, folder, LOG_LEVEL="error"), database)
    desks = {role: sit_down(app, database, role) for role in ROLES}
    reader = app.test_client()
    reader.set_cookie("session", signed_in_reader(app, database))
    clients = {NOBODY: app.test_client(), READER: reader}
    clients |= {role: desk.client for role, desk in desks.items()}
    for name, view in app.view_functions.items():
        app.view_functions[name] = stand_in(view)
    yield House(app, clients, desks)
    database.dispose()


def signed_in_reader(app: Flask, database: Database) -> str:
    with app.test_request_context("/"), database.write() as session:
        people = find_or_create(session, [Newcomer("r@x.example", "r@x.example")], now(session))
        token = sessions.start(session, people["r@x.example"], now(session))
        session.commit()
    return token


def stand_in(view: Callable[..., object]) -> Callable[..., str]:
    """Return a view that declares the same and does nothing."""

    @wraps(view)
    def shown(**_values: object) -> str:
        return OPEN

    return shown


def path_of(rule: Rule) -> str:
    """Return an address of a route."""
    values: dict[str, object] = dict.fromkeys(rule.arguments, "x")
    values |= {name: 1 for name, one in rule._converters.items()
               if isinstance(one, IntegerConverter)}  # fmt: skip
    values |= {name: min(one.items) for name, one in rule._converters.items()
               if isinstance(one, AnyConverter)}  # fmt: skip
    values |= {"language": "uk"} if "language" in rule.arguments else {}
    built = rule.build(values)
    assert built is not None
    return built[1]


def ways(house: House, declares: Callable[[str], bool]) -> list[tuple[str, Rule, str]]:
    """Return (who may, route, method) for each route that declares something like this."""
    found = []
    for rule in house.app.url_map.iter_rules():
        who = getattr(house.app.view_functions[rule.endpoint], "access", "")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(who, rule, method) for method in sorted(methods) if declares(who)]
    assert found
    return found


def of_staff(house: House) -> list[tuple[str, Rule, str]]:
    return ways(house, lambda who: who in MAY)


@pytest.mark.parametrize("who", [NOBODY, READER])
def test_nobody_who_is_not_staff_gets_further_than_the_sign_in(house: House, who: str) -> None:
    wrong = []
    for _may, rule, method in of_staff(house):
        answer = house.sends(who, rule, method)
        is_led = answer.status_code == 303 and SIGN_IN in answer.location
        wrong += [] if is_led and answer.text != OPEN else [(rule.rule, method, answer.status)]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_says_so_and_is_refused_the_rest(house: House, role: str) -> None:
    token, wrong = house.desks[role].csrf(), []
    for may, rule, method in of_staff(house):
        answer = house.sends(role, rule, method, **{FIELD: token})
        if role in MAY[may]:
            is_right = answer.text == OPEN
        else:
            is_right = answer.status_code == 403 and 'class="desk"' in answer.text
        wrong += [] if is_right else [(rule.rule, method, answer.status)]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_the_token_of_its_session(house: House, role: str) -> None:
    others = house.desks[next(one for one in ROLES if one != role)].csrf()
    wrong = []
    for _may, rule, method in of_staff(house):
        if method not in POSTS:
            continue
        for fields in ({}, {FIELD: others}):
            answer = house.sends(role, rule, method, **fields)
            wrong += [] if answer.status_code == 403 else [(rule.rule, method, answer.status)]
    assert wrong == []


def test_all_below_the_desk_s_address_is_for_staff_but_the_doors(house: House) -> None:
    open_to_all = [
        rule.endpoint
        for who, rule, _method in ways(house, lambda who: who not in MAY)
        if rule.rule.removeprefix("/<any(uk):language>").startswith("/desk")
    ]
    assert {name for name in open_to_all if not name.startswith(DOORS)} == set()


@pytest.mark.parametrize("who", [NOBODY, *ROLES])
def test_no_account_is_opened_from_the_desk(house: House, who: str) -> None:
    answers = {
        house.sends(who, rule, method).status_code
        for _may, rule, method in ways(house, lambda may: may == "person")
    }
    assert answers == {303}


def test_every_page_for_all_is_open_to_nobody_and_its_forms_only_to_our_own_pages(
    house: House,
) -> None:
    wrong = []
    evil = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for _may, rule, method in ways(house, lambda may: may == "public"):
        view = house.app.view_functions[rule.endpoint]
        answer = house.clients[NOBODY].open(path_of(rule), method=method, headers=evil)
        is_taken = method not in POSTS or getattr(view, "cross_site", False)
        expected = 200 if is_taken else 403
        wrong += [] if answer.status_code == expected else [(rule.rule, method, answer.status)]
    assert wrong == []
