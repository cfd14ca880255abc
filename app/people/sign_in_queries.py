"""What the pages of a sign-in ask of its rows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.tokens import equal, token_hash
from app.people.sign_in_models import SignIn


def wish_of(session: Session, browser: str) -> SignIn | None:
    """Return what a browser asked for last."""
    if not browser:
        return None
    return session.scalar(select(SignIn).where(SignIn.browser_hash == token_hash(browser)))


def state_of(session: Session, hashed: str, browser: str, now: datetime) -> str:
    """Return what a link's token opens.

    Returns:
        `open`, or `elsewhere` if another browser asked; `used`, `ended`, `expired`; `wrong` if
        it is none of ours.
    """
    row = session.scalar(select(SignIn).where(SignIn.token_hash == hashed))
    if row is None:
        return "wrong"
    if row.used_at is not None:
        return "used"
    if row.ended_at is not None:
        return "ended"
    if row.expires_at <= now:
        return "expired"
    return "open" if equal(row.browser_hash, token_hash(browser)) else "elsewhere"
