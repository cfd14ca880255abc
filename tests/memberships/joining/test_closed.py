"""While joining is closed: the page says when it opens, and no wish is taken."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.goal.models import Campaign
from tests.memberships.joining.making import Door, open_door


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def close(door: Door, **values: Any) -> None:  # noqa: ANN401 - columns
    with door.database.write() as session:
        session.execute(update(Campaign).values(values))
        session.commit()


def test_joining_is_closed_until_its_time(door: Door) -> None:
    nonce = door.nonce()
    with door.database.read() as session:
        later = now(session) + timedelta(hours=1)
    close(door, joining_opens_at=later)
    door.app.extensions["unwalled_site"].keeper._kept = None
    answer = door.send(nonce=nonce)

    assert "Joining opens on " in door.get().text
    assert answer.status_code == 409
    assert "Joining opens on " in answer.text
    assert door.intents() == []


def test_joining_is_closed_without_a_key(database_url: str, tmp_path: Path) -> None:
    with open_door(
        database_url, tmp_path, STRIPE_KEY="", STRIPE_WEBHOOK_SECRETS="", STRIPE_BASE=""
    ) as door:
        assert "Joining opens soon." in door.get().text
        assert door.send(nonce="n").status_code == 409
