"""A database with tables of work in it, and an engine at that work."""

from collections.abc import Iterator

import pytest

from app.core.database import Database
from app.core.engine import Engine
from app.core.settings import Settings
from tests.core.job_rows import WORK
from tests.core.probes import make_tables, running


@pytest.fixture
def probes(database: Database) -> Database:
    make_tables(database)
    return database


@pytest.fixture
def at_work(probes: Database, settings: Settings) -> Iterator[Engine]:
    with running(probes, settings, WORK) as started:
        yield started
