"""Secrets that travel in mail, and the keyed hashes by which things are found again.

A dump of the database opens nothing: of a token only its SHA-256 is stored, and what must be the
same at every attempt to send (a link, a code) is derived from the row's random name and a key
that is not in the database.
"""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(key: str, purpose: str, value: str) -> str:
    """Return the HMAC-SHA-256 of `value` for one purpose, in hex."""
    return hmac.digest(key.encode(), f"{purpose}\0{value}".encode(), "sha256").hex()


def derived_token(key: str, purpose: str, name: str) -> str:
    """Return the token of a row: the same each time, and worth nothing without the key."""
    return keyed_hash(key, f"token:{purpose}", name)


def derived_code(key: str, purpose: str, name: str) -> str:
    """Return six digits that belong to a row."""
    number = int(keyed_hash(key, f"code:{purpose}", name)[:16], 16)
    return f"{number % 1_000_000:06d}"


def equal(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
