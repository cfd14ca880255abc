"""Signatures are those of the Standard Webhooks specification."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.core.clock import now
from app.core.settings import Settings
from app.newsletters.webhooks import webhooks
from app.newsletters.webhooks.models import WebhookEndpoint
from app.newsletters.webhooks.signing import secret_of, signature
from tests.newsletters.webhooks.receivers import Got
from tests.newsletters.webhooks.rooms import Room

ROOT = Path(__file__).parents[3]


def test_the_example_of_the_specification_comes_out() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_long_and_follows_from_a_key_that_the_database_has_not(
    settings: Settings,
) -> None:
    secret = secret_of(settings, "a")

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert secret == secret_of(settings, "a") != secret_of(settings, "b")
    assert "secret" not in {column.name for column in WebhookEndpoint.__table__.columns}


def sample() -> Any:  # noqa: ANN401 - a function out of a page
    """Return what the page for operators gives to those who receive."""
    page = (ROOT / "docs/operate.md").read_text()
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    room: dict[str, Any] = {"base64": base64, "hashlib": hashlib, "hmac": hmac}
    exec(code[1], room)  # noqa: S102 - our own page
    return room["is_ours"]


def checks(got: Got, secret: str, at: float, body: bytes | None = None) -> bool:
    found: bool = sample()(secret, got.headers, got.body if body is None else body, at)
    return found


def test_the_sample_of_the_page_takes_what_is_ours_and_nothing_else(room: Room) -> None:
    secret = room.listens()
    room.happens()
    room.work()
    [got] = room.receiver.got
    stamped = float(got.headers["webhook-timestamp"])

    assert checks(got, secret, stamped + 10)
    assert not checks(got, secret, stamped + 1000)
    assert not checks(got, secret_of(room.settings, "other"), stamped)
    assert not checks(got, secret, stamped, got.body + b" ")
    got.headers["webhook-id"] = "evt_other"
    assert not checks(got, secret, stamped)


def test_after_rotating_both_secrets_hold_for_a_day(room: Room) -> None:
    old = room.listens()
    with room.newsroom.database.write() as session:
        new = webhooks.rotate(session, room.settings, webhooks.every(session)[0], now(session))
        session.commit()
    for hours in (0, 25):
        room.newsroom.advance(hours=hours)
        room.happens()
        room.work()
    first, second = room.receiver.got
    at = [float(one.headers["webhook-timestamp"]) for one in (first, second)]

    assert (checks(first, old, at[0]), checks(first, new, at[0])) == (True, True)
    assert (checks(second, old, at[1]), checks(second, new, at[1])) == (False, True)
    assert at[1] - at[0] > timedelta(hours=24).total_seconds()
