"""A site where somebody is known and may sign in, on each database, with a relay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.database import Database
from tests.conftest import make_settings
from tests.mail.relays import Mailbox, Scripted, doing_as_told
from tests.people.making import Door, make_person, open_door


@pytest.fixture
def relay() -> Iterator[Scripted]:
    """A relay that takes everything, quickly."""
    with doing_as_told() as script:
        yield script


@pytest.fixture
def door(database: Database, database_url: str, tmp_path: Path, relay: Scripted) -> Door:
    """The sign-in of a site that knows Ann, and a browser before it."""
    settings = make_settings(database_url, tmp_path, SMTP_PORT=str(relay.port), LOG_LEVEL="error")
    make_person(database)
    return open_door(database, settings, Mailbox(relay.port, relay.mails))
