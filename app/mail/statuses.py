"""What a refusal says of a mailbox: the codes of RFC 3463, and where they are found."""

import re

HARD, SOFT, BLOCKED = "hard", "soft", "blocked"
COMPLAINT, DELIVERED, UNSUBSCRIBE = "complaint", "delivered", "unsubscribe"
OTHER = "other"

# No such mailbox or domain, a wrong address, moved for good, a domain that takes no mail
# (RFC 7505), and a mailbox that was shut.
GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
ADDRESSING, MAILBOX, POLICY = "1", "2", "7"


def bounce_kind(status: str) -> str:
    """Return `hard`, `soft`, or `blocked` if it is about us and not about the mailbox.

    Whatever does not clearly say that the mailbox is gone counts as soft.
    """
    if status in GONE:
        return HARD
    return BLOCKED if _subject(status) == POLICY else SOFT


def status_in(text: str) -> str:
    """Return the first code of a failure in a text, or an empty text."""
    found = (one for one in CODE.findall(text) if not one.startswith("2"))
    return next(found, "")


def exact(status: str, diagnosis: str) -> str:
    """Return a report's status, or the remote server's own where that says more (RFC 3463, 3.1)."""
    stated = status_in(status)
    if stated.endswith(".0.0") or not stated:
        return status_in(diagnosis) or stated
    return stated


def of_recipient(said: str) -> str:
    """Return the kind of a relay's refusal to take a recipient, or an empty text.

    A relay's own refusal counts only where its code is about the mailbox: whoever set the relay
    up wrongly would else lose every reader.
    """
    status = status_in(said)
    return bounce_kind(status) if _subject(status) in {ADDRESSING, MAILBOX} else ""


def _subject(status: str) -> str:
    """Return what a code is about: its middle number (RFC 3463, 2)."""
    return status.split(".")[1] if status else ""
