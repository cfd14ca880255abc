"""A newsroom on each database, and somebody at its desk."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.composing import compose
from app.core.database import Database
from tests.conftest import make_settings
from tests.desk.making import Desk, sit_down

SitDown = Callable[[str], Desk]


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Flask:
    """The application, without an engine."""
    return compose(make_settings(database_url, tmp_path, LOG_LEVEL="error"), database)


@pytest.fixture
def desk(app: Flask, database: Database) -> SitDown:
    """Sit somebody of a role down at the desk."""
    return lambda role: sit_down(app, database, role)
