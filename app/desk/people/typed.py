"""What somebody typed into the box that finds people: it says itself what it is.

Stripe's ids have their prefixes, also inside an address of Stripe's pages; an email address has
its @, a receipt its number, a gift's code its twelve signs. Everything else is the beginning of a
name or of an address.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.core.settings import Settings
from app.memberships.gifts.codes import typed_hash

SHORTEST = 2

ADDRESS, DOMAIN, NAME, RECEIPT, CODE, PERSON = (
    "address",
    "domain",
    "name",
    "receipt",
    "code",
    "person",
)
TOO_SHORT: Final = "too_short"
STRIPE: Final = {
    "cus": "customer",
    "sub": "subscription",
    "pi": "payment",
    "ch": "charge",
    "py": "charge",
    "in": "invoice",
    "re": "refund",
    "pyr": "refund",
    "du": "dispute",
    "dp": "dispute",
    "cs": "checkout",
}

_STRIPE_ID = re.compile(
    r"(?<![A-Za-z0-9_])(cus|sub|pi|ch|py|in|re|pyr|du|dp|cs)_[A-Za-z0-9_]{4,250}"
)
_RECEIPT = re.compile(r"R[- ]?(\d{4})[- ]?([0-9A-Z]{8,20})")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GROUPS = re.compile(r"\w{4}[ -]\w{4}[ -]\w{4}")
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was typed, as it was understood.

    Attributes:
        kind: One of the above, or a word for one of Stripe's objects.
        text: What is looked for.
    """

    kind: str
    text: str


def understand(typed: str, settings: Settings) -> Understood:
    """Return what somebody is looking for."""
    text = " ".join("".join(one if one.isprintable() else " " for one in typed).split())
    found = _stripe(text) or _address(text) or _number(text, settings)
    if found is not None:
        return found
    is_long_enough = len("".join(WORDS.findall(text))) >= SHORTEST
    return Understood(NAME if is_long_enough else TOO_SHORT, text)


def _stripe(text: str) -> Understood | None:
    found = None if "@" in text else _STRIPE_ID.search(text)
    return None if found is None else Understood(STRIPE[found[1]], found[0])


def _address(text: str) -> Understood | None:
    if text.startswith("@"):
        return Understood(DOMAIN, _domain(text[1:]))
    return Understood(ADDRESS, _key(text)) if "@" in text else None


def _number(text: str, settings: Settings) -> Understood | None:
    """Return the number of a receipt, a person's own, or the code of a gift."""
    receipt = _RECEIPT.fullmatch(text.upper())
    if receipt is not None:
        return Understood(RECEIPT, f"R-{receipt[1]}-{receipt[2]}")
    if _UUID.fullmatch(text.lower()):
        return Understood(PERSON, text.lower())
    is_code = _looks_like_a_code(text) and typed_hash(settings, text) is not None
    return Understood(CODE, text) if is_code else None


def _looks_like_a_code(text: str) -> bool:
    """Tell a code from a name of twelve letters: it is in groups, or has a figure."""
    return _GROUPS.fullmatch(text) is not None or any(sign.isdigit() for sign in text)


def _key(text: str) -> str:
    """Return the beginning of an address as keys begin; a part of a domain is none to encode."""
    local, _at, domain = text.strip("<> ").rpartition("@")
    return f"{local.casefold()}@{_domain(domain)}"


def _domain(text: str) -> str:
    plain = text.strip("<> ").lower()
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode()
    except UnicodeError:
        return plain
