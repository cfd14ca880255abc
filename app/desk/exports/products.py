"""What can be taken away as a file: how much of it there is, and the file, piece by piece."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.days import A_DAY, beginning_of
from app.core.settings import Settings
from app.memberships import exporting as money
from app.memberships.exporting import Period
from app.newsletters import exporting as subscribers
from app.newsletters.exporting import Segment
from app.newsletters.models import Subscription
from app.newsletters.moving.moving_out import export_everything

SUBSCRIBERS, EVERYTHING, MEMBERS, PAYMENTS = "subscribers", "everything", "members", "payments"
MARK = "\ufeff"
"""Begins a file, so that spreadsheets take it for UTF-8; every import of ours leaves it out."""

PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `wishes` is kept as JSON and narrows it."""

    kind: str
    wishes: Mapping[str, Any]

    def segment(self) -> Segment:
        """Return whose subscriptions are wanted."""
        since = self.wishes.get("since")
        return Segment(
            tuple(self.wishes.get("lists", ())),
            tuple(self.wishes.get("states", ())),
            self.wishes.get("language") or None,
            datetime.fromisoformat(since) if since else None,
            self.wishes.get("source") or None,
        )

    def period(self, settings: Settings) -> Period:
        """Return of which days money is wanted, both included, in the newsroom's zone."""
        first, last = (date.fromisoformat(self.wishes[name]) for name in ("first", "last"))
        zone = settings.time_zone
        until = beginning_of(last + A_DAY, zone)
        return Period(beginning_of(first, zone), until, self.wishes.get("currency") or None)

    def file_name(self, day: date) -> str:
        """Return what the file is called once it is taken away."""
        ending = "zip" if self.kind == EVERYTHING else "csv"
        return f"{self.kind}-{day:%Y-%m-%d}.{ending}"


def count(session: Session, settings: Settings, wanted: Wanted, now: datetime) -> int:
    """Return how many lines there would be now."""
    if wanted.kind == SUBSCRIBERS:
        return subscribers.count_subscribers(session, wanted.segment())
    if wanted.kind == MEMBERS:
        return money.count_members(session, now)
    if wanted.kind == PAYMENTS:
        found = money.sums(session, wanted.period(settings))
        return sum(one.payments + one.refunds for one in found)
    return session.scalar(select(func.count(Subscription.id))) or 0


def lines(database: Database, settings: Settings, wanted: Wanted, now: datetime) -> Iterator[str]:
    """Yield a file of one table as text, a header first, a page at a time."""
    yield MARK
    if wanted.kind == SUBSCRIBERS:
        yield from subscribers.export_subscribers(database, wanted.segment())
    elif wanted.kind == MEMBERS:
        yield from money.export_members(database, now)
    else:
        yield from money.export_money(database, wanted.period(settings))


@contextmanager
def everything(database: Database, settings: Settings) -> Iterator[Path]:
    """Write all that another installation takes in into one archive; give its place for a while."""
    folder = settings.private_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-all-", dir=folder) as made:
        files = Path(made) / "unwalled"
        export_everything(database, settings, files)
        archive = Path(made) / "all.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for path in sorted(files.iterdir()):
                out.write(path, f"unwalled/{path.name}")
                path.unlink()
        yield archive
