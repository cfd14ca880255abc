"""Browsers in which staff have been: a new one is told of by mail."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.core.tokens import new_token, token_hash
from app.people.staff_credentials_models import StaffDevice

LASTS = timedelta(days=400)
"""As long as browsers keep a cookie."""

LONGEST_TOKEN = 100
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),  # codespell:ignore
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def in_words(agent: str) -> str:
    """Return what a browser says of itself in a few words, like `Firefox, Linux`; or empty."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return ", ".join(one for one in (browser, system) if one)


def greet(session: Session, staff_id: int, token: str, now: datetime) -> tuple[str, bool]:
    """Return the secret by which a browser is known again, and whether it is new. Flushed.

    Args:
        session: Writing.
        staff_id: Who has just come in there.
        token: The secret in its cookie, or empty.
        now: The domain's present moment.
    """
    if token and _is_known(session, staff_id, token, now):
        return token, False
    kept = token if 0 < len(token) <= LONGEST_TOKEN else new_token()
    row = StaffDevice(staff_id=staff_id, token_hash=token_hash(kept), created_at=now, seen_at=now)
    session.add(row)
    session.flush()
    return kept, True


def _is_known(session: Session, staff_id: int, token: str, now: datetime) -> bool:
    table = table_of(StaffDevice)
    seen = (
        update(table)
        .where(table.c.staff_id == staff_id, table.c.token_hash == token_hash(token))
        .values(seen_at=now)
        .returning(table.c.id)
    )
    return session.execute(seen).one_or_none() is not None
