"""Every route says who may use it; every page in a language has its twin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.composing import compose
from app.core.database import Database
from app.newsletters.api.schemas import SCOPES
from app.newsletters.api.views import API
from app.people.staff_sessions import MAY
from tests.conftest import make_settings

KNOWN = {"public", "person", *MAY, *(f"token:{scope}" for scope in SCOPES)}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("routes")
    settings = make_settings(f"sqlite:///{folder}/none.sqlite3", folder)
    database = Database(settings.database_url)
    yield compose(settings, database)
    database.dispose()


def rules(application: Flask) -> list[Rule]:
    return [rule for rule in application.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_declares_who_may_use_it(application: Flask) -> None:
    declared = {
        rule.endpoint: getattr(application.view_functions[rule.endpoint], "access", None)
        for rule in rules(application)
    }

    assert declared
    assert {name: who for name, who in declared.items() if who not in KNOWN} == {}


def test_only_views_that_authenticate_themselves_take_posts_from_other_sites(
    application: Flask,
) -> None:
    open_to_all = {
        name for name, view in application.view_functions.items() if getattr(view, "cross_site", 0)
    }

    # Their addresses are secrets of 256 bits or carry a keyed proof, and their pages send no
    # referrer, so that older browsers call their own posts' origin `null`. Stripe signs its posts,
    # as mail providers do or log in.
    secret = {
        "confirming.press",
        "confirming.renew",
        "leaving.act",
        "waiting.take_code",
        "waiting.ask_again",
        "waiting.correct_address",
        *(f"settings_links.{one}" for one in ("set_one_list", "mail_link")),
        *(
            f"preferences.{one}"
            for one in ("save_lists", "save_language", "pause", "take", "erase")
        ),
        *(f"new_address.{one}" for one in ("ask", "take_code", "confirm", "undo")),
        "payments.webhook",
        *(f"newsletters_api.{one.name}" for one in API.all),  # a token in a header of its own
        "mail_hooks.ses",
        "mail_hooks.postmark",
        "mail_hooks.mailgun",
    }
    assert open_to_all <= secret


def test_no_two_routes_answer_the_same_address(application: Flask) -> None:
    seen = [
        (rule.rule, method)
        for rule in rules(application)
        for method in (rule.methods or set()) - {"OPTIONS"}  # Flask's own, on each
    ]

    assert len(seen) == len(set(seen))


def test_a_page_in_english_has_its_twin_under_uk(application: Flask) -> None:
    addresses = {rule.rule for rule in rules(application)}
    twins = {rule for rule in addresses if rule.startswith("/<any(uk):language>/")}

    assert twins
    assert {rule.removeprefix("/<any(uk):language>") for rule in twins} <= addresses
