"""Migrations, run from tests."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.database import make_engine

ROOT = Path(__file__).parent.parent


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take a database down to a revision."""
    _run(url, lambda config: command.downgrade(config, revision))


def check(url: str) -> None:
    """Raise if the tables differ from the models."""
    _run(url, command.check)


def _run(url: str, act: Callable[[Config], object]) -> None:
    config = Config(ROOT / "alembic.ini")
    engine = make_engine(url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        act(config)
        connection.commit()
    engine.dispose()
