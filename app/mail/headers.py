"""Header fields as bytes, folded so that no reader's program loses a space.

Where a text is beyond ASCII the whole of it goes into encoded words, its spaces too: white space
between two encoded words only parts them, and is never shown (RFC 2047, 6.2).
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from email.utils import formataddr, parseaddr

LONGEST_LINE = 76  # of one that holds an encoded word (RFC 2047, 2)
MOST_BYTES = 39  # in one encoded word, so that it also fits behind the longest of our names
AS_IT_IS = re.compile(r"(?!.*=\?)(?:[!-~]{1,60}(?: [!-~]{1,60})*)?")


def text_field(name: str, text: str) -> bytes:
    """Return a field of text without its last line break, like a subject.

    Args:
        name: Of the field, at most eight signs.
        text: On one line.
    """
    return _folded(name, text.split(" ") if AS_IT_IS.fullmatch(text) else _encoded_words(text))


def sender_field(name: str, sender: str) -> bytes:
    """Return a field of one mailbox without its last line break.

    Args:
        name: Of the field, at most eight signs.
        sender: `Name <address>`, or an address alone.
    """
    called, address = parseaddr(sender)
    if AS_IT_IS.fullmatch(called):
        return _folded(name, formataddr((called, address)).split(" "))
    return _folded(name, (*_encoded_words(called), f"<{address}>"))


def _encoded_words(text: str) -> Iterator[str]:
    """Yield a text as encoded words, each of whole signs (RFC 2047, 5)."""
    word = b""
    for sign in (one.encode() for one in text):
        if len(word) + len(sign) > MOST_BYTES:
            yield _encoded(word)
            word = b""
        word += sign
    yield _encoded(word)


def _encoded(word: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(word, newline=False).decode()}?="


def _folded(name: str, pieces: Iterable[str]) -> bytes:
    """Return a field with a line break before each piece that its line has no room for."""
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > LONGEST_LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines).encode()
