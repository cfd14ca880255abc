"""A newsroom of three lists, on each database, with a relay that takes everything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.newsletters.embeds.embeds import save_embed
from tests.conftest import make_settings
from tests.mail.relays import Mailbox, Scripted, doing_as_told
from tests.newsletters.imports.files_of_subscribers import Moving
from tests.newsletters.making import Newsroom, make_list
from tests.newsletters.webhooks.receivers import listening
from tests.newsletters.webhooks.rooms import Room


@pytest.fixture
def relay() -> Iterator[Scripted]:
    """A relay that takes everything, quickly."""
    with doing_as_told() as script:
        yield script


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path, relay: Scripted) -> Iterator[Newsroom]:
    """Lists `daily`, `weekly` (which welcomes) and `closed`, a partner's site, and a browser."""
    settings = make_settings(
        database_url,
        tmp_path,
        SMTP_PORT=str(relay.port),
        LOG_LEVEL="error",
    )
    database = Database(database_url)
    with database.write() as session:
        lists = {
            "daily": make_list(session, "daily").id,
            "weekly": make_list(session, "weekly", position=2, welcomes=True).id,
            "closed": make_list(session, "closed", position=3, open=False).id,
        }
        save_embed(session, "partner", ["https://partner.test"], (), now(session))
        session.commit()
    app = compose(settings, database)
    mailbox = Mailbox(relay.port, relay.mails)
    yield Newsroom(app.test_client(), database, replace(settings), mailbox, lists)
    database.dispose()


@pytest.fixture
def moving(database: Database, settings: Settings, tmp_path: Path) -> Moving:
    """A newsroom with the lists `daily` and `weekly`, to which files are brought."""
    with database.write() as session:
        lists = {slug: make_list(session, slug).id for slug in ("daily", "weekly")}
        session.commit()
    return Moving(database, settings, tmp_path, lists)


@pytest.fixture
def room(newsroom: Newsroom) -> Iterator[Room]:
    """A newsroom in which Ann is known, and a system that could listen."""
    newsroom.asks()
    with listening() as receiver:
        yield Room(newsroom, receiver)
