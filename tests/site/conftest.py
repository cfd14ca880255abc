"""A reader at a small newsroom, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.composing import compose
from app.core.database import Database
from tests.articles.making import make_newsroom
from tests.conftest import make_settings
from tests.site.making import Reader


@pytest.fixture
def reader(database_url: str, tmp_path: Path) -> Iterator[Reader]:
    """A newsroom with two sections and nothing published yet, and a browser."""
    settings = make_settings(database_url, tmp_path, SITE_NAME_UK="Тест", LOG_LEVEL="error")
    database = Database(database_url)
    with database.write() as session:
        make_newsroom(session)
        session.commit()
    app = compose(settings, database)
    yield Reader(app, app.test_client(), database)
    database.dispose()
