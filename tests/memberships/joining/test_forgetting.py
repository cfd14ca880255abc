"""Wishes that nobody paid for: who was named in them is forgotten after a month."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.clock import now
from app.memberships.joining import forgetting
from app.memberships.joining.models import Intent
from app.wiring import RETENTION
from tests.memberships.sync_making import make_wish

BOB = "bob@post.example"
TYPED = {
    "wall_name": "Ann Example",
    "dedication": "For Bob",
    "recipient_address": BOB,
    "recipient_key": BOB,
}


def typed(session: Session, state: str, days: int) -> list[str | None]:
    """Forget what is old; return what is left in a wish that came to a state so long ago."""
    moment = now(session)
    at = None if state in {"open", "processing"} else moment - timedelta(days=days)
    wish = make_wish(moment - timedelta(days=days), state=state, settled_at=at, **TYPED)
    session.add(wish)
    session.flush()
    part = forgetting.forgetting()
    told = part.count(session, moment - part.kept)
    assert part.forget(session, moment - part.kept, moment) == told
    assert part.forget(session, moment - part.kept, moment) == {"rows": 0}
    session.expire_all()
    left = session.get_one(Intent, wish.id)
    return [getattr(left, name) for name in TYPED]


@pytest.mark.parametrize("state", ["expired", "failed", "replaced"])
def test_who_was_named_in_a_wish_that_nobody_paid_for_is_forgotten(
    session: Session, state: str
) -> None:
    assert typed(session, state, 31) == [None] * 4
    assert typed(session, state, 29) == list(TYPED.values())


@pytest.mark.parametrize("state", ["open", "processing", "paid"])
def test_what_was_paid_for_or_may_yet_be_stays(session: Session, state: str) -> None:
    assert typed(session, state, 400) == list(TYPED.values())


def test_it_is_done_every_night() -> None:
    assert "names in unpaid wishes" in [part.name for part in RETENTION]
