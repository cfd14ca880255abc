"""A month of the demo's subscribers, brought in as staff would bring them."""

import random
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.spreadsheets import csv_text
from app.newsletters.imports import importing
from app.newsletters.imports.files import opened
from app.newsletters.imports.looking import Wishes, look
from app.newsletters.models import Newsletter, Subscription

SUBSCRIBERS, DAYS = 360, 28
LEFT_EVERY = 15
WHO = "The demo"
_PAGES = ("/", "/newsletters/", "/rebuilding/", "/land-and-trade/", "/culture/")
_TITLES = ("email", "lists", "status", "subscribed_at", "confirmed_at", "unsubscribed_at", "source")


def are_there(session: Session) -> bool:
    """Tell whether anybody is subscribed to anything."""
    return session.scalar(select(Subscription.id).limit(1)) is not None


def load(database: Database, settings: Settings) -> None:
    """Write the subscribers into a file, and bring them in; no mail is sent to anybody."""
    with database.read() as session:
        moment = now(session)
        listed = select(Newsletter.slug).where(Newsletter.listed).order_by(Newsletter.position)
        slugs = session.scalars(listed).all()
    with tempfile.TemporaryDirectory(prefix="unwalled-demo-") as folder:
        path = Path(folder) / "subscribers.csv"
        path.write_text(csv_text([_TITLES, *_rows(moment, slugs)]), encoding="utf-8")
        _bring(database, settings, path)


def _bring(database: Database, settings: Settings, path: Path) -> None:
    wishes = Wishes()
    with opened(path, None) as source, importing.running(database):
        tables = look(source, wishes)
        with database.write() as session:
            number, _again = importing.start_import(session, source, tables, wishes, now(session))
            session.commit()
        importing.read_file(database, settings, number, tables, wishes, lambda _read, _rows: None)
        with database.write() as session:
            importing.vouch(session, number, WHO)
            session.commit()
        importing.apply_import(database, number)


def _rows(moment: datetime, slugs: Sequence[str]) -> list[list[str]]:
    chance = random.Random(2)  # noqa: S311 - the same readers each time, no secret
    rows = []
    for number in range(SUBSCRIBERS):
        asked = moment - timedelta(days=DAYS * (1 - chance.random() ** 0.8), minutes=5)
        confirmed = asked + timedelta(minutes=2)
        left = confirmed + (moment - confirmed) / 2 if number % LEFT_EVERY == 0 else None
        rows.append([
            f"subscriber-{number:03}@readers.test",
            chance.choice(slugs),
            "unsubscribed" if left else "subscribed",
            asked.isoformat(), confirmed.isoformat(), left.isoformat() if left else "",
            chance.choice(_PAGES),
        ])  # fmt: skip
    return rows
