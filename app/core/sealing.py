"""Secrets that must be read again: sealed for the database by a key that is not in it.

What need not be read again is kept as a hash instead (tokens.py).
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from app.core.errors import UnwalledError
from app.core.settings import Settings
from app.core.tokens import keyed_hash


class SealBrokenError(UnwalledError):
    """What was sealed cannot be opened: the permanent key is another, or the text was changed."""


def seal(settings: Settings, purpose: str, text: str) -> str:
    """Return a text sealed for one purpose; sealed twice, it looks different each time."""
    return _fernet(settings, purpose).encrypt(text.encode()).decode()


def unseal(settings: Settings, purpose: str, sealed: str) -> str:
    """Return what was sealed for this purpose.

    Raises:
        SealBrokenError: It was not sealed by this key and for this purpose, or was changed.
    """
    try:
        return _fernet(settings, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBrokenError(
            f"A secret kept for {purpose} cannot be read: UNWALLED_PERMANENT_KEY is not the one "
            "it was sealed with."
        ) from error


def _fernet(settings: Settings, purpose: str) -> Fernet:
    """Return the cipher of one purpose; its key is derived from the key that is never retired."""
    key = bytes.fromhex(keyed_hash(settings.permanent_key, "seal", purpose))
    return Fernet(urlsafe_b64encode(key))
