"""How the text of a setting is read. Each reader raises ValueError for what it cannot take."""

import re
from collections.abc import Callable
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

LAST_PORT = 65535
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]")
MAILBOX = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+")


class NotAllowedError(ValueError):
    """A text cannot be taken; the message says what can."""


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that takes these words and no other."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read


def number(least: int = 0, most: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers between two bounds, both included."""
    allowed = f"from {least} to {most}" if most is not None else f"of {least} or more"

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= (int(text) if most is None else most):
            raise NotAllowedError(f"a whole number {allowed}")
        return int(text)

    return read


def yes_or_no(text: str) -> bool:
    """Read `yes` or `no`."""
    return one_of("yes", "no")(text) == "yes"


def listed(text: str) -> tuple[str, ...]:
    """Read comma-separated words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def hosts(text: str) -> tuple[str, ...]:
    """Read comma-separated host names, without ports and without wildcards."""
    names = tuple(name.lower() for name in listed(text))
    if not all(HOST.fullmatch(name) for name in names):
        raise ValueError(text)
    return names


def zone(text: str) -> ZoneInfo:
    """Read the IANA name of a time zone."""
    try:
        return ZoneInfo(text)
    except (OSError, KeyError) as unknown:
        raise ValueError(text) from unknown


def web_address(text: str) -> str:
    """Read `https://host[:port]`, without a path."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch((parts.hostname or "").lower()):
        raise ValueError(text)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def database(text: str) -> str:
    """Read the address of a database and name the driver we use for it."""
    if text.startswith("sqlite:///"):
        return text
    scheme, separator, rest = text.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"} or not separator:
        raise ValueError(text)
    return f"postgresql+psycopg://{rest}"


def mailbox(text: str) -> str:
    """Read `Name <mail@example.org>` or a bare address, on one line."""
    _name, address = parseaddr(text)
    if not text.isprintable() or not MAILBOX.fullmatch(address):
        raise ValueError(text)
    return text


def endpoint(text: str) -> str:
    """Read `host:port`."""
    host, _, port = text.rpartition(":")
    if not HOST.fullmatch(host):
        raise ValueError(text)
    if not port.isdecimal() or not 1 <= int(port) <= LAST_PORT:
        raise ValueError(text)
    return text


def stripe_key(text: str) -> str:
    """Read a key of Stripe's that programs may hold: secret or restricted, test or live."""
    if not re.fullmatch(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{4,}", text, re.ASCII):
        raise ValueError(text)
    return text
