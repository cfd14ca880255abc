"""Which settings cannot stand, alone or together: a sentence for each."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from app.core.settings import Settings

SHORTEST_SECRET = 32
SHORTEST_WEBHOOK = 14
SHORTEST_LOGIN = 20
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]+:[A-Za-z0-9_.-]+")
MOST_WEBHOOK_SECRETS = 2
BOUNCES = re.compile(r"[a-z0-9._-]{1,15}@[a-z0-9.-]+", re.IGNORECASE)
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
NOT_YOURS = OWN_MACHINE | {"example.org", "example.com", "example.net"}


def contradictions(settings: "Settings") -> Iterator[str]:
    """Yield a sentence for each value that cannot hold anywhere."""
    secrets = {
        "UNWALLED_SECRET_KEY": (settings.secret_key,),
        "UNWALLED_SECRET_KEY_FALLBACKS": settings.secret_key_fallbacks,
        "UNWALLED_PERMANENT_KEY": (settings.permanent_key,),
    }
    for name, values in secrets.items():
        if any(len(value) < SHORTEST_SECRET for value in values):
            yield f"{name} is shorter than {SHORTEST_SECRET} characters: make a longer one."
    if settings.permanent_key in settings.secret_keys:
        yield "UNWALLED_PERMANENT_KEY is also a secret key: give it a value of its own."
    if settings.is_sqlite and settings.engine == "workers":
        yield (
            "UNWALLED_DATABASE_URL is SQLite, which has one process: "
            "set UNWALLED_ENGINE to `embedded`, or use PostgreSQL."
        )
    yield from _of_stripe(settings)
    if settings.mail_bounces and not BOUNCES.fullmatch(settings.mail_bounces):
        yield (
            "UNWALLED_MAIL_BOUNCES is no address with at most 15 characters before the @, "
            "which leave room for what names the mail: `bounces@example.org`."
        )
    yield from _of_providers(settings)
    if settings.smtp_user and settings.smtp_security == "none":
        yield "UNWALLED_SMTP_SECURITY is `none`, and the password would travel in the clear."


def _of_providers(settings: "Settings") -> Iterator[str]:
    if not all(TOPIC.fullmatch(one) for one in settings.ses_topics):
        yield "UNWALLED_SES_TOPICS holds something that is no topic, `arn:aws:sns:eu-west-1:1:x`."
    user, _, password = settings.postmark_login.partition(":")
    if settings.postmark_login and not (user and len(password) >= SHORTEST_LOGIN):
        yield (
            "UNWALLED_POSTMARK_LOGIN is not `user:password` with a password of at least "
            f"{SHORTEST_LOGIN} characters."
        )
    if settings.mailgun_key and len(settings.mailgun_key) < SHORTEST_LOGIN:
        yield "UNWALLED_MAILGUN_KEY is too short to be Mailgun's signing key."


def _of_stripe(settings: "Settings") -> Iterator[str]:
    secrets = settings.stripe_webhook_secrets
    if settings.stripe_key and not secrets:
        yield (
            "UNWALLED_STRIPE_WEBHOOK_SECRETS is empty: copy the endpoint's from Stripe, "
            "or on a laptop what `stripe listen` prints."
        )
    if secrets and not settings.stripe_key:
        yield "UNWALLED_STRIPE_KEY is empty, and there are webhook secrets: set both or neither."
    if not all(one.startswith("whsec_") and len(one) >= SHORTEST_WEBHOOK for one in secrets):
        yield "UNWALLED_STRIPE_WEBHOOK_SECRETS holds something that does not begin with `whsec_`."
    if len(secrets) > MOST_WEBHOOK_SECRETS:
        yield "UNWALLED_STRIPE_WEBHOOK_SECRETS holds more than two: take out those retired."
    base = urlsplit(settings.stripe_base)
    if settings.stripe_base and (base.scheme != "http" or base.hostname not in OWN_MACHINE):
        yield "UNWALLED_STRIPE_BASE is not on this machine: leave it empty to speak to Stripe."
    if settings.mode != "production" and settings.stripe_is_live:
        yield "UNWALLED_STRIPE_KEY is a live key, for production alone: rehearse with a test key."


def unsafe_in_production(settings: "Settings") -> Iterator[str]:
    """Yield a sentence for each value that a laptop may have and a public server may not."""
    if not settings.site_url.startswith("https://"):
        yield "UNWALLED_SITE_URL does not begin with https://: readers' pages must be encrypted."
    elif settings.site_host in NOT_YOURS:
        yield "UNWALLED_SITE_URL names a host that is not yours: set the site's own."
    if settings.smtp_security == "none" and settings.smtp_host not in OWN_MACHINE:
        yield "UNWALLED_SMTP_SECURITY is `none`, and the relay is on another machine."
    if not settings.address_dns:
        yield "UNWALLED_ADDRESS_DNS is `no`: production asks DNS before it writes to a stranger."
    yield from _without_limit(settings)
    yield from _play_money(settings)
    if settings.is_sqlite and (
        ":memory:" in settings.database_url or "sqlite:////" not in settings.database_url
    ):
        yield "UNWALLED_DATABASE_URL must name a file by its whole path: `sqlite:////path/to/file`."


def _without_limit(settings: "Settings") -> Iterator[str]:
    for name in ("signups_per_network", "signups_per_domain"):
        if not getattr(settings, name):
            yield f"UNWALLED_{name.upper()} is 0: without a limit anybody could bomb strangers."
    for name in ("joins_per_network", "joins_in_all"):
        if not getattr(settings, name):
            yield f"UNWALLED_{name.upper()} is 0: without a limit stolen cards are tried here."


def _play_money(settings: "Settings") -> Iterator[str]:
    if settings.stripe_base:
        yield "UNWALLED_STRIPE_BASE is set: production speaks to Stripe itself."
    if settings.stripe_key and not settings.stripe_is_live:
        yield (
            "UNWALLED_STRIPE_KEY is a test key, which makes members without money: "
            "rehearse with UNWALLED_MODE=development, on a machine of its own."
        )
