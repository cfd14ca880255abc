"""The demo newsroom, loaded once per worker, and a reader at a copy of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.sandbox.demo import loading
from app.sandbox.demo.newsroom import identity
from tests.conftest import make_settings, prepare
from tests.site.making import Reader


def demo_settings(url: str, folder: Path) -> Settings:
    """Return settings of the demo newsroom."""
    names = {name.removeprefix("UNWALLED_"): text for name, text in identity().items()}
    return make_settings(url, folder, **{**names, "LOG_LEVEL": "error"})


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's database and media."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder}/demo.sqlite3"
    prepare(url)
    database = Database(url)
    loading.load_once(database, demo_settings(url, folder))
    database.dispose()
    return folder


@pytest.fixture
def demo(loaded: Path, tmp_path: Path) -> Iterator[Reader]:
    """A reader at the demo newsroom."""
    folder = tmp_path / "demo"
    shutil.copytree(loaded, folder)
    settings = demo_settings(f"sqlite:///{folder}/demo.sqlite3", folder)
    database = Database(settings.database_url)
    app = compose(settings, database)
    yield Reader(app, app.test_client(), database)
    database.dispose()
