"""The settings of one clone, as `make run` writes them into `instance/settings.env`."""

import secrets
from collections.abc import Mapping

from app.core.errors import OperatorError
from app.core.settings import KEPT_FILE, Settings, kept
from app.sandbox.demo.newsroom import identity
from app.sandbox.ports import Ports

INSTANCE = KEPT_FILE.parent
KEY, SECRETS = "UNWALLED_STRIPE_KEY", "UNWALLED_STRIPE_WEBHOOK_SECRETS"
BASE = "UNWALLED_STRIPE_BASE"
REHEARSED = "sk_test_rehearsed"
"""How the stand-in's own key begins, which is nobody's at Stripe."""

JOINS_IN_AN_HOUR = 200
"""More than a newsroom would take: on a laptop one person plays a whole town."""


def own_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of somebody's own test account at Stripe, if the environment has them."""
    if (environ.get(KEY) or REHEARSED).startswith(REHEARSED):
        return {}
    return {name: environ.get(name, "") for name in (KEY, SECRETS, BASE)}


def keep_settings(ports: Ports, keys: Mapping[str, str]) -> Settings:
    """Write this clone's settings, with the secrets it had or new ones; return them.

    Args:
        ports: Where everything listens.
        keys: Those of a test account, or none for the stand-in.

    Raises:
        SettingsError: The keys cannot be what they are, or are for real money.
        OperatorError: The file cannot be written.
    """
    had = kept()
    written = _settings(ports, had) | identity()
    written |= keys or _keys_of_stand_in(ports, had)
    settings = Settings.from_environment(written)
    _write(written)
    return settings


def _settings(ports: Ports, had: Mapping[str, str]) -> dict[str, str]:
    settings = {
        "UNWALLED_MODE": "development",
        "UNWALLED_ENGINE": "embedded",
        "UNWALLED_DATABASE_URL": f"sqlite:///{INSTANCE / 'unwalled.sqlite3'}",
        "UNWALLED_MEDIA_DIR": str(INSTANCE / "media"),
        "UNWALLED_PRIVATE_DIR": str(INSTANCE / "private"),
        "UNWALLED_SITE_URL": f"http://localhost:{ports.site}",
        "UNWALLED_SMTP_HOST": "127.0.0.1",
        "UNWALLED_SMTP_PORT": str(ports.mail),
        "UNWALLED_SMTP_SECURITY": "none",
        "UNWALLED_ADDRESS_DNS": "no",
        "UNWALLED_JOINS_PER_NETWORK": str(JOINS_IN_AN_HOUR),
        "UNWALLED_WEBHOOKS_PRIVATE": "yes",
        "UNWALLED_LOG_FORMAT": "console",
        "UNWALLED_LOG_LEVEL": "warning",
    }
    for name in ("UNWALLED_SECRET_KEY", "UNWALLED_PERMANENT_KEY"):
        settings[name] = had.get(name) or secrets.token_urlsafe(48)
    return settings


def _keys_of_stand_in(ports: Ports, had: Mapping[str, str]) -> dict[str, str]:
    """Return keys that open nothing but the stand-in: those of the last start, or new ones."""
    ours = had if had.get(KEY, "").startswith(REHEARSED) else {}
    return {
        KEY: ours.get(KEY) or f"{REHEARSED}_{secrets.token_hex(16)}",
        SECRETS: ours.get(SECRETS) or f"whsec_{secrets.token_hex(16)}",
        BASE: f"http://127.0.0.1:{ports.stripe}",
    }


def _write(settings: Mapping[str, str]) -> None:
    """Keep the settings where this user alone can read them."""
    try:
        INSTANCE.mkdir(exist_ok=True)
        partial = KEPT_FILE.with_suffix(".part")
        partial.touch(mode=0o600)
        partial.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        partial.replace(KEPT_FILE)
    except OSError as refused:
        raise OperatorError(
            f"{INSTANCE} cannot be written ({refused.strerror}): "
            "give yourself the right, or clone it where you may write."
        ) from refused
