"""Settings that staff choose while everything runs."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.chosen import (
    CHANGEABLE,
    ChosenSetting,
    NotChosenError,
    choices,
    choose,
    forget_chosen,
    in_force,
    unchoose,
)
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from tests.conftest import make_settings


def chosen(database: Database, base: Settings, name: str, text: str) -> str:
    with database.write() as session:
        kept = choose(session, base, name, text, now(session))
        session.commit()
    forget_chosen(database)
    return kept


def test_what_staff_choose_holds_for_work_that_runs_already(
    database: Database, settings: Settings
) -> None:
    runtime = Runtime(database, settings)
    assert runtime.settings is settings

    chosen(database, settings, "signups_per_network", "7")

    assert runtime.settings == replace(settings, signups_per_network=7)


def test_back_to_the_default_is_what_the_environment_says(
    database: Database, settings: Settings
) -> None:
    named = replace(settings, publisher="The Post NGO")
    chosen(database, named, "publisher", "Another | Odesa")
    with database.write() as session:
        unchoose(session, "publisher")
        session.commit()
    forget_chosen(database)

    assert in_force(database, named).publisher == "The Post NGO"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("signups_per_network", "many", "of 0 or more"),
        ("signups_per_network", "-1", "of 0 or more"),
        ("signups_per_network", "", "of 0 or more"),
        ("confirm_rate_floor", "101", "from 0 to 100"),
        ("refuse_roles", "perhaps", ""),
        ("site_tagline", "a\x00b", ""),
        ("publisher", "x" * 2001, ""),
    ],
)
def test_what_the_environment_may_not_hold_staff_may_not_choose(
    database: Database, settings: Settings, name: str, text: str, allowed: str
) -> None:
    with pytest.raises(NotChosenError) as refused:
        chosen(database, settings, name, text)
    assert refused.value.allowed == allowed
    with database.read() as session:
        assert session.query(ChosenSetting).count() == 0


def test_production_lets_nobody_take_a_limit_away(settings: Settings, database: Database) -> None:
    live = replace(settings, mode="production")
    with pytest.raises(NotChosenError, match="UNWALLED_JOINS_IN_ALL is 0"):
        chosen(database, live, "joins_in_all", "0")
    assert chosen(database, settings, "joins_in_all", "0") == "0"


def test_each_is_shown_with_where_it_comes_from(database: Database, tmp_path: Path) -> None:
    base = make_settings(str(database.engine.url), tmp_path, SITE_TAGLINE="From here")
    chosen(database, base, "blocked_domains", "a.example,  b.example")
    with database.read() as session:
        shown = {one.name: one for one in choices(session, base)}

    assert tuple(shown) == CHANGEABLE
    assert (shown["site_tagline"].value, shown["site_tagline"].source) == (
        "From here",
        "environment",
    )
    assert shown["signups_per_network"].source == "default"
    domains = shown["blocked_domains"]
    assert (domains.value, domains.otherwise, domains.source) == (
        "a.example, b.example",
        "",
        "desk",
    )


def test_a_row_that_the_rules_refuse_by_now_has_no_effect_and_is_shown(
    database: Database, settings: Settings
) -> None:
    chosen(database, settings, "confirm_rate_floor", "30")
    with database.write() as session:
        session.execute(update(ChosenSetting).values(value="300"))
        session.commit()
        (floor,) = [one for one in choices(session, settings) if one.name == "confirm_rate_floor"]
    forget_chosen(database)

    assert in_force(database, settings) == settings
    assert (floor.refused, floor.value, floor.source) == (True, "20", "default")


def test_without_a_database_what_the_environment_says_holds(
    settings: Settings, tmp_path: Path
) -> None:
    away = Database(f"sqlite:///{tmp_path}/none/none.sqlite3")
    assert in_force(away, settings) is settings
    away.dispose()


def test_the_database_is_asked_once_a_second_at_most(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(database, settings)
    monkeypatch.setattr(database, "read", lambda: pytest.fail("it was asked again"))
    assert in_force(database, settings) is settings
