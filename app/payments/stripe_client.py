"""The connection to Stripe, and its errors said in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import stripe

from app.payments.gateway import GatewayDownError, GatewayError, NotFoundError

TIMEOUT_SECONDS = 10
RETRIES = 2


def http_client(timeout_seconds: int) -> stripe.HTTPClient:
    """Return what carries the requests: the package's own, with a shorter wait."""
    return stripe.RequestsClient(timeout=timeout_seconds)


def connect(
    api_key: str,
    base: str | None,
    *,
    timeout_seconds: int = TIMEOUT_SECONDS,
    retries: int = RETRIES,
) -> stripe.StripeClient:
    """Return a client of Stripe, or of what stands in for it at `base`; nothing is sent yet.

    Left alone, the package writes an id of this machine into the home folder and tells it, with
    the machine's system, in every call; and it logs every call.
    """
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.WARNING)
    return stripe.StripeClient(
        api_key,
        max_network_retries=retries,
        base_addresses={"api": base} if base else None,
        http_client=http_client(timeout_seconds),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raise Stripe's errors as ours."""
    try:
        yield
    except stripe.StripeError as error:
        raise _ours(error) from error


def _ours(error: stripe.StripeError) -> GatewayError:
    """Return our error for one of Stripe's; its own words may hold addresses and are left out."""
    status = error.http_status or 0
    code = error.code or _kind(error)
    details = ", ".join(filter(None, (code, getattr(error, "param", None), error.request_id)))
    if _may_pass(error, status):
        return GatewayDownError(code, f"Stripe does not answer at the moment ({details}).")
    if code == "resource_missing":  # a 404 without it is an address that Stripe does not have
        return NotFoundError(code, f"Stripe has no such object ({details}).")
    return GatewayError(code, f"Stripe said no ({details}).")


def _may_pass(error: stripe.StripeError, status: int) -> bool:
    """Tell whether the same call may be answered later.

    409 is a call of the same key under way; an answer in no shape of Stripe's came from something
    in between.
    """
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError):
        return True
    if status in (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS):
        return True
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.error is None


def _kind(error: stripe.StripeError) -> str:
    """Return Stripe's type of an error, like `card_error`; its class if nothing was answered."""
    said = error.error and error.error.to_dict().get("type")
    return str(said or type(error).__name__)
