"""Which settings cannot stand, alone or together: a sentence for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.settings import Settings

SHORTEST_SECRET = 32
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
    if settings.smtp_user and settings.smtp_security == "none":
        yield "UNWALLED_SMTP_SECURITY is `none`, and the password would travel in the clear."


def unsafe_in_production(settings: "Settings") -> Iterator[str]:
    """Yield a sentence for each value that a laptop may have and a public server may not."""
    if not settings.site_url.startswith("https://"):
        yield "UNWALLED_SITE_URL does not begin with https://: readers' pages must be encrypted."
    elif settings.site_host in NOT_YOURS:
        yield "UNWALLED_SITE_URL names a host that is not yours: set the site's own."
    if not all(origin.startswith("https://") for origin in settings.trusted_origins):
        yield "UNWALLED_TRUSTED_ORIGINS names a site without https://, which anybody could pose as."
    if settings.smtp_security == "none" and settings.smtp_host not in OWN_MACHINE:
        yield "UNWALLED_SMTP_SECURITY is `none`, and the relay is on another machine."
    if not settings.address_dns:
        yield "UNWALLED_ADDRESS_DNS is `no`: production asks DNS before it writes to a stranger."
    yield from _without_limit(settings)
    if settings.is_sqlite and (
        ":memory:" in settings.database_url or "sqlite:////" not in settings.database_url
    ):
        yield "UNWALLED_DATABASE_URL must name a file by its whole path: `sqlite:////path/to/file`."


def _without_limit(settings: "Settings") -> Iterator[str]:
    for name in ("signups_per_network", "signups_per_domain"):
        if not getattr(settings, name):
            yield f"UNWALLED_{name.upper()} is 0: without a limit anybody could bomb strangers."
