"""The gateways of this process: one for the lanes, one for pages that somebody waits for."""

from functools import cache
from typing import cast

from app.core.settings import Settings
from app.payments.gateway import Gateway, GatewayDownError
from app.payments.patience import Patience
from app.payments.stripe_gateway import StripeGateway

PAGE_SECONDS = 6
PAGE_RETRIES = 1


def gateway_of(settings: Settings) -> Gateway:
    """Return the gateway of the lanes.

    Raises:
        GatewayDownError: No key is set, so there is nobody to ask.
    """
    if not settings.stripe_key:
        raise GatewayDownError("no key", "No key for Stripe is set.")
    return stripe_of(settings.stripe_key, settings.stripe_base)


def web_gateway(settings: Settings) -> Gateway:
    """Return the gateway of pages. Raises: as `gateway_of`."""
    gateway_of(settings)
    return _patient(settings.stripe_key, settings.stripe_base)


@cache
def stripe_of(key: str, base: str) -> StripeGateway:
    """Return the connection to Stripe, or to what stands in for it."""
    return StripeGateway(key, base=base or None)


@cache
def _patient(key: str, base: str) -> Gateway:
    """Return a connection that gives up soon: somebody waits, and can press the button again."""
    soon = StripeGateway(key, base=base or None, timeout_seconds=PAGE_SECONDS, retries=PAGE_RETRIES)
    return cast("Gateway", Patience(soon))
