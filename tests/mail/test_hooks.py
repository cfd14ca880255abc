"""Webhooks of mail providers: what is theirs is kept once, what is forged is refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.composing import compose
from app.core.alarms import Alarm
from app.core.database import Database
from app.core.settings import Settings
from app.mail import certificates, hook_views
from app.mail.certificates import Certificates
from app.mail.event_models import MailEvent
from app.mail.seals import delivery_seal
from app.mail.telling import LaterError
from tests.conftest import make_settings
from tests.mail import telling
from tests.mail.telling import (
    MAILGUN_KEY,
    POSTMARK_LOGIN,
    SUBSCRIBE,
    TOPIC,
    certificate,
    mailgun,
    mailgun_signed,
    postmark,
    rsa_key,
    ses_bounce,
    signed,
    sns,
)

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def ours(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(
        database_url,
        tmp_path,
        SES_TOPICS=TOPIC,
        POSTMARK_LOGIN=POSTMARK_LOGIN,
        MAILGUN_KEY=MAILGUN_KEY,
        LOG_LEVEL="error",
    )


@pytest.fixture
def client(ours: Settings, database: Database) -> FlaskClient:
    hook_views.alarms.forget()
    return compose(ours, database).test_client()


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for Amazon's servers; gives what was asked of them."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate(rsa_key())

    monkeypatch.setattr(certificates, "fetch", fetch)
    monkeypatch.setattr(hook_views, "certificates", Certificates())
    return asked


@pytest.fixture
def seal(ours: Settings) -> str:
    return delivery_seal(ours, ID)


@pytest.fixture
def verp(seal: str) -> str:
    return f"bounces+{seal}@test.example"


def post(
    client: FlaskClient, provider: str, told: object, login: str = POSTMARK_LOGIN
) -> TestResponse:
    user, _, password = login.partition(":")
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    auth = (user, password) if provider == "postmark" and login else None
    headers = {"Sec-Fetch-Site": "cross-site"}
    return client.post(f"/webhooks/mail/{provider}", data=body, auth=auth, headers=headers)


def kept(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.scalars(select(MailEvent).order_by(MailEvent.id))
        return [(one.provider, one.kind, one.about) for one in rows]


def alarms(database: Database) -> list[tuple[str, str, int]]:
    with database.read() as session:
        return [(one.kind, one.ref, one.times) for one in session.scalars(select(Alarm))]


def test_a_provider_that_is_not_set_has_no_address(settings: Settings, database: Database) -> None:
    client = compose(settings, database).test_client()
    for provider in PROVIDERS:
        assert post(client, provider, {}).status_code == 404


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_bounce_by_amazon_is_kept_once(
    client: FlaskClient, database: Database, verp: str, version: str
) -> None:
    message = sns(ses_bounce(verp, status="5.1.1"), version=version, Subject="Amazon SES")
    for _ in range(3):
        answer = post(client, "ses", message)
        assert (answer.status_code, answer.data) == (200, b"")
    assert kept(database) == [("ses", "hard", ID)]
    with database.read() as session:
        row = session.scalars(select(MailEvent)).one()
    assert (row.status, row.happened_at) == (
        "5.1.1",
        datetime(2026, 11, 20, 14, 59, 38, 237000, UTC),
    )


def test_a_mail_of_another_sender_is_none_of_ours(client: FlaskClient, database: Database) -> None:
    assert post(client, "ses", sns(ses_bounce("somebody@else.example"))).status_code == 200
    assert kept(database) == []


def test_the_topic_is_subscribed_to_at_amazons_own_address(
    client: FlaskClient, fetched: list[str]
) -> None:
    asks = sns({}, Type="SubscriptionConfirmation", SubscribeURL=SUBSCRIBE, Token="abcdef")
    assert post(client, "ses", asks).status_code == 200
    assert fetched[-1] == SUBSCRIBE


def forged(verp: str) -> Iterator[tuple[str, dict[str, Any]]]:
    bounce = ses_bounce(verp)
    right = sns(bounce)
    for name, other in (
        ("Message", "{}"), ("MessageId", "x"), ("Timestamp", "2026-11-20T10:00:00.000Z"),
        ("Signature", "AAAA"), ("Signature", "not base 64"), ("SignatureVersion", "1"),
        ("SignatureVersion", "3"), ("Subject", "added"), ("Type", "UnsubscribeConfirmation"),
    ):  # fmt: skip
        yield f"{name} changed", {**right, name: other}
    yield "another key", signed(right, rsa_key("somebody"))
    yield "another topic", sns(bounce, TopicArn=TOPIC + "-other")
    yield "no topic", sns(bounce, TopicArn=None)
    yield "an old one", sns(bounce, Timestamp="2026-01-20T10:00:00.000Z")
    yield "one of the future", sns(bounce, Timestamp="2126-01-20T10:00:00.000Z")
    yield "no time", sns(bounce, Timestamp="yesterday")


def test_a_forged_word_of_amazons_is_refused_and_counted(
    client: FlaskClient, database: Database, verp: str
) -> None:
    for count, (what, message) in enumerate(forged(verp), 1):
        hook_views.alarms.forget()
        assert post(client, "ses", message).status_code == 400, what
        assert alarms(database) == [("mail.forged", "ses", count)], what
    assert kept(database) == []


def test_a_certificate_that_ran_out_or_is_weak_proves_nothing(
    client: FlaskClient, verp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = rsa_key("small", 1024)
    for pem, key in (
        (certificate(rsa_key(), days=-5), rsa_key()),
        (certificate(small), small),
        (b"no certificate", rsa_key()),
    ):
        monkeypatch.setattr(certificates, "fetch", lambda _url, pem=pem: pem)
        monkeypatch.setattr(hook_views, "certificates", Certificates())
        assert post(client, "ses", signed(sns(ses_bounce(verp)), key)).status_code == 400


def test_while_amazon_does_not_answer_it_is_asked_to_come_again(
    client: FlaskClient, database: Database, verp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_url: str) -> bytes:
        raise LaterError("away")

    with monkeypatch.context() as patch:
        patch.setattr(certificates, "fetch", away)
        answer = post(client, "ses", sns(ses_bounce(verp)))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert alarms(database) == []
    assert post(client, "ses", sns(ses_bounce(verp))).status_code == 200


def test_a_certificate_is_fetched_once(client: FlaskClient, verp: str, fetched: list[str]) -> None:
    for number in range(5):
        post(client, "ses", sns(ses_bounce(verp), MessageId=str(number)))
    assert fetched == [telling.CERTIFICATE]


def test_what_postmark_tells_is_kept_once(
    client: FlaskClient, database: Database, seal: str
) -> None:
    for _ in range(2):
        assert post(client, "postmark", postmark(seal)).status_code == 200
    assert kept(database) == [("postmark", "hard", ID)]


def test_who_has_not_logged_in_as_postmark_is_refused_and_counted(
    client: FlaskClient, database: Database, seal: str
) -> None:
    for login in ("", "postmark:wrong", "somebody:a-password-for-tests-alone", ":"):
        assert post(client, "postmark", postmark(seal), login).status_code == 400
    assert kept(database) == []
    assert alarms(database) == [("mail.forged", "postmark", 1)], "once a minute is enough"


def test_what_mailgun_tells_is_kept_once(client: FlaskClient, database: Database) -> None:
    for _ in range(2):
        post(client, "mailgun", mailgun_signed(mailgun(ID)))
    assert kept(database) == [("mailgun", "hard", ID)]


def test_a_signature_of_mailguns_that_was_seen_proves_nothing_else(
    client: FlaskClient, database: Database
) -> None:
    for first in ("opened", "delivered"):
        seen = mailgun_signed(mailgun(ID, first), first)
        post(client, "mailgun", seen)
        post(client, "mailgun", {**seen, "event-data": mailgun(ID, "complained")})
    assert [kind for _, kind, _ in kept(database)] == ["other", "delivered"]


def wrongly_signed() -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    right = mailgun_signed(mailgun(ID))
    yield mailgun_signed(mailgun(ID), key="another key")
    yield mailgun_signed(mailgun(ID), at=now - timedelta(hours=13))
    yield mailgun_signed(mailgun(ID), at=now + timedelta(hours=1))
    yield {**right, "signature": {**right["signature"], "token": "other"}}
    yield {**right, "signature": {**right["signature"], "timestamp": "0"}}
    yield {**right, "signature": {**right["signature"], "timestamp": "nan"}}
    yield {**right, "signature": "none"}
    yield {"event-data": right["event-data"]}
    yield mailgun_signed(mailgun(ID), token="")


def test_a_forged_word_of_mailguns_is_refused_and_counted(
    client: FlaskClient, database: Database
) -> None:
    for message in wrongly_signed():
        assert post(client, "mailgun", message).status_code == 400, message
    assert kept(database) == []
    assert alarms(database) == [("mail.forged", "mailgun", 1)], "once a minute is enough"


def test_mail_of_another_domain_at_mailgun_is_none_of_ours(
    client: FlaskClient, database: Database
) -> None:
    other = {"headers": {"message-id": f"{ID}@other.example"}}
    post(client, "mailgun", mailgun_signed(mailgun(ID, message=other)))
    assert kept(database) == [("mailgun", "other", "")]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = (
    "Type", "Message", "TopicArn", "Timestamp", "Signature", "SignatureVersion", "SigningCertURL",
    "signature", "event-data", "RecordType", "Metadata", "mail", "bounce", "headers", "severity",
)  # fmt: skip


@trying(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8))
def test_whatever_is_posted_is_refused_or_tells_nothing(
    client: FlaskClient, told: dict[str, Any]
) -> None:
    for provider in ("ses", "postmark", "mailgun"):
        assert post(client, provider, told).status_code in {200, 400}
    assert post(client, "ses", sns(told, mail=told)).status_code in {200, 400}
    assert post(client, "mailgun", mailgun_signed({**mailgun(ID), **told})).status_code == 200


PROVIDERS = ("ses", "postmark", "mailgun")


def test_what_is_no_object_is_refused(client: FlaskClient) -> None:
    for body in (b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":' * 50_000):
        for provider in PROVIDERS:
            assert post(client, provider, body).status_code == 400


def test_a_body_larger_than_any_word_is_not_read(client: FlaskClient) -> None:
    for provider in PROVIDERS:
        assert post(client, provider, b" " * (256 * 1024 + 1)).status_code == 413
        assert client.get(f"/webhooks/mail/{provider}").status_code == 405
