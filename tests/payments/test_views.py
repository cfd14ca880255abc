"""The webhook: what is signed for us is kept, all else is refused and leaves no trace."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import logs
from app.core.database import Database
from app.core.guards import guard
from app.core.orm import Base
from app.core.settings import Settings
from app.extensions import db
from app.payments.gateway import EventSeen, UnreadableEventError
from app.payments.models import DirtyKey, StripeEvent
from app.payments.views import LARGEST_EVENT, make_webhook
from tests.payments.fakes import make_event

HOOK = "/webhooks/stripe"
SIGNED = {"Stripe-Signature": "signed"}


def read(body: bytes, signature: str) -> EventSeen:
    """Read bodies that are an event's id, and sometimes its mode."""
    if signature != "signed":
        raise UnreadableEventError(f"{signature} does not sign {body!r}")
    name, _, mode = body.decode("ascii", "replace").partition(" ")
    return make_event(name, live=mode == "live")


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    logs.configure(settings)
    app = Flask("hooked")
    db.init_app(app, database)
    guard(app, settings)
    app.register_blueprint(make_webhook(read, live=False))
    return app.test_client()


def rows(database: Database, model: type[Base]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_event_is_kept_and_answered_with_nothing(
    client: FlaskClient, database: Database
) -> None:
    answer = client.post(HOOK, data=b"evt_1", headers=SIGNED)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert rows(database, StripeEvent) == rows(database, DirtyKey) == 1


def test_an_event_that_comes_again_is_answered_the_same(
    client: FlaskClient, database: Database
) -> None:
    first, second = (client.post(HOOK, data=b"evt_1", headers=SIGNED) for _ in range(2))

    assert (first.status_code, first.data) == (second.status_code, second.data) == (200, b"")
    assert rows(database, StripeEvent) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"evt_1", {}),
        (b"evt_1", {"Stripe-Signature": "forged"}),
        (b"evt_1", {"Stripe-Signature": "f\xf8rged"}),
        (b"evt_1 live", SIGNED),
        (b"", {}),
        (b"\xff\xfe", {}),
    ],
)
def test_what_is_not_signed_for_us_is_refused_in_one_neutral_sentence(
    client: FlaskClient, database: Database, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(HOOK, data=body, headers=headers)

    assert answer.status_code == 400
    assert answer.text == "This is not an event that we can take.\n"
    assert rows(database, StripeEvent) == rows(database, DirtyKey) == 0


def test_nothing_of_what_was_sent_is_in_the_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post(HOOK, data=b"canary", headers={"Stripe-Signature": "whsec_canary"})
    client.post(HOOK, data=b"canary live", headers=SIGNED)
    client.post(HOOK, data=b"canary", headers=SIGNED)

    said = capsys.readouterr().err
    assert ["unreadable" in said, "wrong mode" in said, "canary" in said] == [True, True, False]


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_that_is_too_large_is_not_read(client: FlaskClient, *, is_announced: bool) -> None:
    stream = BytesIO(b"e" * (LARGEST_EVENT + 1))
    environment = {"wsgi.input_terminated": True}
    if is_announced:
        environment["CONTENT_LENGTH"] = str(LARGEST_EVENT + 1)  # type: ignore[assignment] # a header

    answer = client.post(HOOK, input_stream=stream, headers=SIGNED, environ_overrides=environment)

    assert answer.status_code == 413
    assert stream.tell() <= LARGEST_EVENT + 1


def test_a_body_as_large_as_may_be_is_read(client: FlaskClient) -> None:
    body = b"evt_1".ljust(LARGEST_EVENT)

    assert client.post(HOOK, data=body, headers=SIGNED).status_code == 200


def test_events_are_posted_from_elsewhere(client: FlaskClient) -> None:
    elsewhere = {**SIGNED, "Origin": "https://stripe.test", "Sec-Fetch-Site": "cross-site"}

    assert client.post(HOOK, data=b"evt_1", headers=elsewhere).status_code == 200
    assert client.get(HOOK).status_code == 405


def test_an_event_is_never_acknowledged_without_being_kept(
    settings: Settings, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")  # no table to keep it in
    app = Flask("hooked")
    db.init_app(app, empty)
    guard(app, settings)
    app.register_blueprint(make_webhook(read, live=False))

    assert app.test_client().post(HOOK, data=b"evt_1", headers=SIGNED).status_code == 500
    empty.dispose()
