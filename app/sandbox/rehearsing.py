"""Stripe in a rehearsal: the stand-in beside the site, and one clock for both."""

from pathlib import Path
from urllib.parse import urlsplit

from app.core.clock import ClockOffset
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.serving import gateway_of, stripe_of
from app.sandbox.stripe.serving import StandIn, serve
from app.sandbox.stripe.world import World


def stand_in(database: Database, settings: Settings, folder: Path, port: int) -> StandIn:
    """Start the stand-in for Stripe, whose control page moves the site's clock too.

    Args:
        database: The site's, at the head of its migrations.
        settings: With the stand-in's keys.
        folder: Where its state is kept.
        port: Of the loopback, and free.
    """
    if settings.mode == "production":
        raise OperatorError("The stand-in for Stripe is not for production: its money is invented.")
    secret = settings.stripe_webhook_secrets[0]  # the newest; a second one is on its way out
    started = serve(
        folder, port, settings.site_url, secret, lambda ahead: set_ahead(database, ahead)
    )
    agree(database, started.world)
    return started


def agree(database: Database, world: World) -> None:
    """Set both clocks to the later of the two, should they differ after a `kill -9`."""
    with database.read() as session:
        kept = session.get(ClockOffset, 1)
    behind = (kept.seconds if kept else 0) - world.ahead
    if behind > 0:
        world.advance(behind)
    set_ahead(database, world.ahead)


def set_ahead(database: Database, seconds: int) -> None:
    """Let the site's clock run ahead of the real time by so much; it never goes back."""
    with database.write() as session:
        kept = session.get(ClockOffset, 1, with_for_update=True) or ClockOffset(id=1, seconds=0)
        kept.seconds = max(kept.seconds, seconds)
        session.add(kept)
        session.commit()


def prepare_products(settings: Settings) -> None:
    """Make what every checkout names, where it is missing.

    Raises:
        OperatorError: Stripe refuses the key, or does not answer.
    """
    try:
        gateway_of(settings)
        stripe_of(settings.stripe_key, settings.stripe_base).prepare_products()
    except GatewayError as refused:
        raise OperatorError(f"{refused} {_advice(settings, refused)}") from refused


def _advice(settings: Settings, refused: GatewayError) -> str:
    if settings.stripe_key and isinstance(refused, GatewayDownError):
        host = urlsplit(settings.stripe_base).netloc or "api.stripe.com"
        return f"Try again later, and see whether this machine reaches {host}."
    return "Is UNWALLED_STRIPE_KEY the right one?"
