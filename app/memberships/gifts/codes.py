"""Codes of gift memberships: derived from the gift's name and a key that is not in the database.

Nothing is stored but a keyed hash, so a dump of the database redeems nothing, and whoever bought
a gift can be shown its code again for as long as they like.
"""

from typing import Protocol

from app.core.languages import prefix
from app.core.settings import Settings
from app.core.tokens import equal, keyed_hash

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for a digit (https://www.crockford.com/base32.html)."""
LENGTH = 12
GROUP = 4
LONGEST_TYPED = 60

_BITS = 5
_ALIKE = str.maketrans("OIL", "011")
_BETWEEN = frozenset(" -\t\u00a0\u2010\u2011\u2012\u2013\u2014")


class Gift(Protocol):
    """Whatever carries a gift membership's name."""

    @property
    def public_id(self) -> str:
        """The name."""


def code_of(settings: Settings, gift: Gift) -> str:
    """Return a gift's code as it is shown: `XXXX-XXXX-XXXX`."""
    return shown(_code(settings, gift.public_id))


def code_hash(settings: Settings, public_id: str) -> str:
    """Return what is stored of a gift's code."""
    return _hash(settings, _code(settings, public_id))


def typed_hash(settings: Settings, typed: str) -> str | None:
    """Return the hash by which a typed code is found, or None if it cannot be a code."""
    code = read_code(typed)
    return None if code is None else _hash(settings, code)


def read_code(typed: str) -> str | None:
    """Return a typed code without what does not count: case, spaces, dashes, an O for a zero."""
    signs = [sign for sign in typed[:LONGEST_TYPED] if sign not in _BETWEEN]
    code = "".join(signs).upper().translate(_ALIKE)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def gift_path(settings: Settings, gift: Gift, language: str) -> str:
    """Return the path of a gift's own page; its last part proves that whoever comes has the code.

    Logs keep such proofs out by their length; a code they would show.
    """
    return f"{prefix(language)}/join/gift/{gift.public_id}/{proof_of(settings, gift.public_id)}/"


def proof_of(settings: Settings, public_id: str) -> str:
    """Return the proof in the address of a gift's page."""
    return keyed_hash(settings.permanent_key, "gift-page", public_id)


def proves(settings: Settings, public_id: str, proof: str) -> bool:
    """Tell whether an address of a gift's page is one that we made."""
    return equal(proof_of(settings, public_id), proof)


def shown(code: str) -> str:
    """Return a code in groups, as people read it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _code(settings: Settings, public_id: str) -> str:
    number = int(keyed_hash(settings.permanent_key, "gift-code", public_id), 16)
    return "".join(ALPHABET[number >> place & 31] for place in range(0, LENGTH * _BITS, _BITS))


def _hash(settings: Settings, code: str) -> str:
    return keyed_hash(settings.permanent_key, "gift-code-hash", code)
