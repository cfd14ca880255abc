"""Which addresses end up in one mailbox, or look as if they did: for caps, and for nothing else.

People are told apart by the address that they gave. But what floods a mailbox floods it under
every spelling, so what limits our mail counts `v.i.c.t.i.m+1@googlemail.com` as the mailbox of
`victim@gmail.com`, and a Cyrillic letter as the Latin one that it looks like (UTS 39, 4).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from app.core.settings import Settings
from app.core.tokens import keyed_hash

SAME = {
    "googlemail.com": "gmail.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.ua": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "fastmail.fm": "fastmail.com",
}
# What a provider does not look at in a name, by what it says itself.
UNSEEN = {"gmail.com": ".", "yandex.ru": ".-", "proton.me": "._-"}
# Yahoo parts a name from what follows by a hyphen, everybody else by a plus (RFC 5233).
PARTED_BY = {"yahoo": "-"}
PLUS = "+"
QUOTE = '"'


def _read_lookalikes() -> dict[int, str]:
    lines = Path(__file__).with_name("lookalikes.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return {ord(sign): plain for plain, signs in pairs for sign in signs}


_LOOKALIKES = _read_lookalikes()


@lru_cache(maxsize=4096)
def mailbox_key(key: str) -> str:
    """Return what an address shares with every other spelling of its mailbox.

    Args:
        key: The address as `app.mail.addresses` compares it.
    """
    local, _, domain = key.rpartition("@")
    domain = SAME.get(domain, domain)
    local = _plain(local.strip(QUOTE))
    for mark in (PLUS, PARTED_BY.get(domain.partition(".")[0], PLUS)):
        local = local.partition(mark)[0] or local
    seen = "".join(sign for sign in local if sign not in UNSEEN.get(domain, ""))
    return f"{seen or local}@{domain}"


def _plain(local: str) -> str:
    """Return a name with every letter that looks like one of ASCII in its place."""
    if local.isascii():
        return local.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local).casefold())
    return unicodedata.normalize("NFD", folded).translate(_LOOKALIKES)


@lru_cache(maxsize=4096)
def plain_lookalike(domain: str) -> str:
    """Return the domain that one looks like which mixes letters of other scripts among Latin ones.

    Empty if it mixes none, or looks like none: a label wholly in another script is its own.
    """
    if domain.isascii():
        return ""
    plain = ".".join(_unmixed(label) for label in domain.split("."))
    return plain if plain.isascii() else ""


def _unmixed(label: str) -> str:
    mixes = any(sign.isascii() and sign.isalpha() for sign in label)
    foreign = [
        one for one in label if not one.isascii() and "LATIN" not in unicodedata.name(one, "")
    ]
    return label.translate(_LOOKALIKES) if mixes and foreign else label


def mailbox_hashes(settings: Settings, keys: Iterable[str]) -> dict[str, str]:
    """Return the keyed hash of the mailbox of each address key, which is what is kept of it."""
    return {key: keyed_hash(settings.permanent_key, "mailbox", mailbox_key(key)) for key in keys}
