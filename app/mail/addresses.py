"""Addresses: their syntax, the form in which they are kept, and the key by which they compare."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Private networks use these, and the root of DNS will never have them.
SPECIAL_USE_DOMAIN_NAMES += ["internal", "alt", "lan", "home", "corp"]

LONGEST = 254
LONGEST_TYPED = 320
# Nearly all addresses are like this, and need no second look: a dot-atom (RFC 5322, 3.2.3) of
# ordinary signs, at a domain that may well be known to be good.
PLAIN = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)"
)


class Fault(Enum):
    """Why an address cannot be taken."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    SEVERAL = "several"
    CONTROL = "control"
    SYNTAX = "syntax"
    NOT_ASCII = "not ascii"


class AddressError(ValueError):
    """What was given is no address that mail of ours could reach."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox.

    Attributes:
        text: As it is shown and kept: Unicode, normalised, the domain in lower case.
        local: The part before the @.
        domain: The domain in ASCII (RFC 5890), lower case.
        key: By which mailboxes compare: the local part case folded, the domain in ASCII.
    """

    text: str
    local: str
    domain: str
    key: str

    @property
    def wire(self) -> str:
        """The address as it goes to the relay: the domain in ASCII."""
        return f"{self.local}@{self.domain}"


def read_address(text: str, *, smtputf8: bool = False, testing: bool = False) -> Address:
    """Return the mailbox that `text` names.

    Args:
        text: What was typed or stood in a file; spaces around it do not count.
        smtputf8: The relay takes local parts beyond ASCII (RFC 6531).
        testing: Domains below `.test` (RFC 6761) are taken.

    Raises:
        AddressError: With the first fault found.
    """
    text = text.strip(" \t\u00a0")
    plain = PLAIN.fullmatch(text)
    if plain is not None and (domain := plain_domain(plain[2], testing=testing)):
        return Address(f"{plain[1]}@{domain}", plain[1], domain, f"{plain[1].lower()}@{domain}")
    _refuse_at_sight(text)
    try:
        valid = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=True,
            strict=True,
            test_environment=testing,
        )
    except EmailNotValidError as error:
        raise AddressError(Fault.SYNTAX) from error
    if not valid.local_part.isascii() and not smtputf8:
        raise AddressError(Fault.NOT_ASCII)
    domain = valid.ascii_domain.lower()
    key = f"{valid.local_part.casefold()}@{domain}"
    if max(len(key.encode()), len(valid.normalized.encode())) > LONGEST:
        raise AddressError(Fault.TOO_LONG)
    return Address(valid.normalized, valid.local_part, domain, key)


@lru_cache(maxsize=8192)
def plain_domain(domain: str, *, testing: bool) -> str:
    """Return an ASCII domain in lower case if it can have mailboxes, else an empty text."""
    try:
        valid = validate_email(f"a@{domain}", check_deliverability=False, test_environment=testing)
    except EmailNotValidError:
        return ""
    return valid.ascii_domain.lower() if valid.domain.isascii() else ""


def _refuse_at_sight(text: str) -> None:
    if not text:
        raise AddressError(Fault.EMPTY)
    if len(text) > LONGEST_TYPED or len(text.encode(errors="replace")) > LONGEST_TYPED:
        raise AddressError(Fault.TOO_LONG)
    if not text.isprintable():
        raise AddressError(Fault.CONTROL)
    if text.count("@") > 1 and any(mark in text for mark in ",; "):
        raise AddressError(Fault.SEVERAL)


def wire_address(text: str) -> str:
    """Return a kept address as it goes to the relay: the domain in ASCII."""
    local, _, domain = text.rpartition("@")
    if domain.isascii():
        return text
    return f"{local}@{validate_email(f'a@{domain}', check_deliverability=False).ascii_domain}"


def address_key(text: str) -> str:
    """Return the key of a kept address."""
    local, _, domain = wire_address(text).rpartition("@")
    return f"{local.casefold()}@{domain.lower()}"
