"""Names with a proof in them, short enough to stand before the @ of an address.

A name is made of lower-case letters and digits alone, so that no relay changes it; whoever has
not been given one cannot make one up. The proof hangs on the permanent key, for mail comes back
after years.
"""

import base64
import binascii
import hmac
import re

from app.core.settings import Settings

PROOF_BYTES = 10  # 80 bits: who guesses has to mail us each guess
DELIVERY = "delivery"
_NAMES = re.compile(r"(?<![a-z2-7])[a-z2-7]{42}(?![a-z2-7])")


def sealed(settings: Settings, purpose: str, name: bytes) -> str:
    """Return a name with its proof, in base 32 (RFC 4648) without capitals."""
    whole = name + _proof(settings, purpose, name)
    return base64.b32encode(whole).decode().rstrip("=").lower()


def opened(settings: Settings, purpose: str, text: str) -> bytes | None:
    """Return the name in a text, or None if its proof is not ours."""
    try:
        whole = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    name, proof = whole[:-PROOF_BYTES], whole[-PROOF_BYTES:]
    return name if hmac.compare_digest(proof, _proof(settings, purpose, name)) else None


def delivery_seal(settings: Settings, message_id: str) -> str:
    """Return what stands for one mail in its return path (VERP)."""
    return sealed(settings, DELIVERY, bytes.fromhex(message_id))


def delivery_in(settings: Settings, text: str) -> str | None:
    """Return the id of the mail whose seal stands somewhere in a text."""
    for found in _NAMES.findall(text.lower()):
        name = opened(settings, DELIVERY, found)
        if name is not None:
            return name.hex()
    return None


def _proof(settings: Settings, purpose: str, name: bytes) -> bytes:
    whole = f"seal:{purpose}\0".encode() + name
    return hmac.digest(settings.permanent_key.encode(), whole, "sha256")[:PROOF_BYTES]
