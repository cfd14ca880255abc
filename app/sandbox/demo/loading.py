"""Put the demo newsroom into a database, once: its words, its pictures, its members.

Each part goes in whole or not at all, and is looked for before it is loaded; so loading twice
changes nothing, and loading after a loading that was killed brings what is missing. All times
are relative to the moment of loading.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.goal.models import Campaign
from app.memberships.imports import importing
from app.memberships.imports.parsing import Rules, opened
from app.memberships.models import Entitlement
from app.sandbox.demo import content, drive, members, readers
from app.sandbox.demo.newsroom import newsroom


@dataclass(frozen=True, slots=True)
class Loaded:
    """Which parts were loaded now; the others were there.

    Attributes:
        content: The pages, and what can be given.
        members: The members.
        readers: The subscribers.
        offer: What can be given, where the pages were loaded before it.
    """

    content: bool
    members: bool
    readers: bool
    offer: bool


def load_once(database: Database, settings: Settings) -> Loaded:
    """Load what is missing of the demo newsroom; the tables must be there.

    Raises:
        OperatorError: This is a production server, or a newsroom that is not the demo's.
    """
    if settings.mode == "production":
        raise OperatorError("The demo newsroom is not for production: its people are invented.")
    return Loaded(
        content=_if_missing(database, _has_content, lambda: _load_content(database, settings)),
        members=_if_missing(database, _has_members, lambda: _load_members(database, settings)),
        readers=_if_missing(database, readers.are_there, lambda: readers.load(database, settings)),
        offer=_if_missing(database, drive.has_offer, lambda: _open_joining(database)),
    )


def _if_missing(
    database: Database, is_there: Callable[[Session], bool], load: Callable[[], None]
) -> bool:
    with database.read() as session:
        if is_there(session):
            return False
    load()
    return True


def _has_content(session: Session) -> bool:
    key = newsroom()["campaign"]["key"]
    others = session.scalars(select(Campaign.key)).all()
    if others and key not in others:
        raise OperatorError("This database holds another newsroom: the demo stays out of it.")
    return key in others


def _has_members(session: Session) -> bool:
    demo = select(Entitlement.id).where(Entitlement.source.in_(members.SOURCES)).limit(1)
    return session.scalar(demo) is not None


def _load_content(database: Database, settings: Settings) -> None:
    files = content.place_files(settings.media_dir)
    with database.write() as session:
        content.load(session, files, now(session))
        session.commit()


def _open_joining(database: Database) -> None:
    with database.write() as session:
        drive.open_joining(session)
        session.commit()


def _load_members(database: Database, settings: Settings) -> None:
    """Write the members into a file, and bring them in as staff would."""
    with database.read() as session:
        moment = now(session)
    with tempfile.TemporaryDirectory(prefix="unwalled-demo-") as folder:
        path = Path(folder) / "members.csv"
        members.write_file(path, moment)
        with opened(path, Rules(settings.time_zone, testing=True)) as file:
            outcome = importing.import_file(database, file, _silent(), apply=True)
    if not outcome.applied:
        raise OperatorError("The demo's members could not be imported.")


def _silent() -> importing.Watcher:
    return importing.Watcher(
        read=lambda _position: None, problem=lambda _problem: None, staged=lambda: None
    )
