"""What a web process makes ready, so that the first who opens the morning waits for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from app.core.database import Database
from app.desk.morning.readying import make_ready
from tests.desk.conftest import SitDown


@contextmanager
def listening(database: Database) -> Iterator[list[tuple[str, str]]]:
    """Yield what becomes every statement, and whether it had been compiled before."""
    heard: list[tuple[str, str]] = []

    def hear(*told: object) -> None:
        heard.append((str(told[2]), getattr(told[4], "cache_hit").name))  # noqa: B009 - SQLAlchemy's

    event.listen(database.engine, "after_cursor_execute", hear)
    yield heard
    event.remove(database.engine, "after_cursor_execute", hear)


def test_the_first_morning_compiles_nothing_and_reads_nothing_of_the_site(
    app: Flask, desk: SitDown, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(app)
    monkeypatch.setattr(app.jinja_env, "compile", lambda *_args, **_more: pytest.fail("compiled"))
    sitting = desk("admin")

    with listening(database) as heard:
        assert sitting.get("/desk/").status_code == 200

    anew = [said for said, how in heard if how != "CACHE_HIT"]
    assert len(heard) > 20
    assert not [one for one in anew if "member" in one or "payment" in one]
    assert not [said for said, _how in heard if "FROM section" in said]


def test_a_process_serves_though_the_morning_cannot_be_made_ready(
    app: Flask, database: Database
) -> None:
    app.extensions["unwalled_database"] = Database("sqlite:////nowhere/at/all.sqlite3")

    make_ready(app)

    app.extensions["unwalled_database"] = database
    assert app.test_client().get("/healthz").status_code == 200
