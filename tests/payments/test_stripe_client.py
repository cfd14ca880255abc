"""Stripe's errors in our words: what may pass, what is not there, and what is refused for good."""

import platform
from pathlib import Path

import pytest
import stripe

from app.payments import stripe_client
from app.payments.gateway import GatewayDownError, GatewayError, NotFoundError
from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering, error
from tests.payments.shapes import session
from tests.ports import free_port

PATH = "/v1/checkout/sessions/cs_1"
REFUSED = error("parameter_invalid", "invalid_request_error", "expand")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (500, error(None, "api_error"), GatewayDownError, "api_error"),
        (503, "<html>busy</html>", GatewayDownError, "APIError"),
        (404, "<html>not here</html>", GatewayDownError, "APIError"),
        (200, "<html>captive portal</html>", GatewayDownError, "APIError"),
        (429, error("rate_limit", "invalid_request_error"), GatewayDownError, None),
        (400, error("rate_limit", "invalid_request_error"), GatewayDownError, None),
        (409, error("idempotency_key_in_use", "idempotency_error"), GatewayDownError, None),
        (404, error("resource_missing", "invalid_request_error"), NotFoundError, None),
        (400, error("resource_missing", "invalid_request_error"), NotFoundError, None),
        (400, REFUSED, GatewayError, "parameter_invalid"),
        (404, error(None, "invalid_request_error"), GatewayError, "invalid_request_error"),
        (400, error(None, "idempotency_error"), GatewayError, "idempotency_error"),
        (401, error(None, "invalid_request_error"), GatewayError, "invalid_request_error"),
        (402, error("card_declined", "card_error"), GatewayError, "card_declined"),
        (403, error(None, "invalid_request_error"), GatewayError, "invalid_request_error"),
    ],
)
def test_an_error_says_whether_to_try_again(
    gateway: StripeGateway,
    stripe_server: Answering,
    status: int,
    body: object,
    kind: type[GatewayError],
    code: str | None,
) -> None:
    stripe_server.on(f"GET {PATH}", (status, body))

    with pytest.raises(GatewayError) as raised:
        gateway.checkout("cs_1")

    assert type(raised.value) is kind
    assert code in (None, raised.value.code)


def test_the_sentence_names_the_request_and_no_address(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on(f"GET {PATH}", (400, REFUSED))

    with pytest.raises(GatewayError) as raised:
        gateway.checkout("cs_1")

    assert raised.value.sentence == "Stripe said no (parameter_invalid, expand, req_1)."
    assert str(raised.value) == raised.value.sentence


def test_what_fails_twice_is_asked_a_third_time(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    fails = (500, error(None, "api_error"))
    stripe_server.on(f"GET {PATH}", fails, fails, session())

    assert gateway.checkout("cs_1").id == "cs_1"
    assert len(stripe_server.asked) == 3


def test_a_third_failure_is_the_last(gateway: StripeGateway, stripe_server: Answering) -> None:
    stripe_server.on(f"GET {PATH}", (500, error(None, "api_error")))

    with pytest.raises(GatewayDownError):
        gateway.checkout("cs_1")

    assert len(stripe_server.asked) == 3


def test_where_nobody_answers_the_gateway_is_down() -> None:
    gateway = StripeGateway("sk_test_made_up", base=f"http://127.0.0.1:{free_port()}")

    with pytest.raises(GatewayDownError) as raised:
        gateway.checkout("cs_1")

    assert raised.value.code == "APIConnectionError"


def test_an_error_in_the_middle_of_a_list_is_translated_too(
    gateway: StripeGateway, stripe_server: Answering
) -> None:
    stripe_server.on("GET /v1/subscriptions", (429, error("rate_limit", "invalid_request_error")))

    with pytest.raises(GatewayDownError):
        list(gateway.all_subscriptions())


def test_the_wait_is_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, float]] = []
    monkeypatch.setattr(stripe, "RequestsClient", lambda **options: given.append(options))

    stripe_client.connect("sk_test_made_up", None)

    assert given == [{"timeout": 10}]


def test_nothing_of_the_machine_is_told_and_nothing_is_written_on_it(
    stripe_server: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("stripe._telemetry_id._loaded", False)
    monkeypatch.setattr(stripe, "enable_telemetry", True)
    stripe_server.on(f"GET {PATH}", session())
    gateway = StripeGateway("sk_test_made_up", base=stripe_server.base)

    gateway.checkout("cs_1")
    gateway.checkout("cs_1")

    assert list(tmp_path.iterdir()) == []
    assert platform.platform() not in stripe_server.last.headers
    assert "telemetry" not in stripe_server.last.headers.lower()


def test_what_is_asked_is_not_logged(
    gateway: StripeGateway, stripe_server: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stripe_server.on(f"GET {PATH}", (400, REFUSED))

    with pytest.raises(GatewayError):
        gateway.checkout("cs_1")

    assert [one for one in caplog.records if one.name == "stripe"] == []
