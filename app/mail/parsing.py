"""A message of anybody's making, taken apart without trusting it.

What would cost the parser more than a report of any relay is not taken apart: then only the lines
at its top are read.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

LARGEST = 512 * 1024
MOST_PARTS = 50
MOST_BOUNDARIES = 24
LONGEST_FIELD = 4096
SCANNED = 16 * 1024

_FIELD_OF_MIME = re.compile(rb"(?im)^content-[a-z-]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")

Part = Message


def parsed(raw: bytes) -> Part:
    """Return a message; one made to be costly has no parts, whatever it says of itself."""
    raw = raw[:LARGEST].replace(b"\r\n", b"\n")
    if _is_costly(raw):
        return BytesHeaderParser(policy=compat32).parsebytes(raw.partition(b"\n\n")[0])
    try:
        return message_from_bytes(raw, policy=compat32)
    except (ValueError, LookupError, RecursionError, AssertionError):
        return BytesHeaderParser(policy=compat32).parsebytes(raw.partition(b"\n\n")[0])


def _is_costly(raw: bytes) -> bool:
    """Tell whether parts lie too deep, or a field is longer than what needs to be read of it."""
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return True
    return any(len(one[0]) > LONGEST_FIELD for one in _FIELD_OF_MIME.finditer(raw))


def parts(message: Part) -> Iterator[Part]:
    """Yield a message and what lies in it, outermost first, no more than a few dozen."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        one = waiting.pop(0)
        seen += 1
        yield one
        waiting.extend(inside(one))


def inside(part: Part) -> list[Part]:
    """Return what lies directly in a part."""
    held = part.get_payload() if part.is_multipart() else []  # else the library decodes it
    found = held[:MOST_PARTS] if isinstance(held, list) else []
    return [one for one in found if isinstance(one, Message)]


def field(message: Part, name: str) -> str:
    """Return a header's value on one line, or an empty text."""
    found = message.get(name)
    return "" if found is None else " ".join(str(found)[:LONGEST_FIELD].split())


def fields(message: Part, *names: str) -> str:
    """Return all values of these headers, one after the other."""
    values = [str(one)[:LONGEST_FIELD] for name in names for one in message.get_all(name, [])[:20]]
    return "\n".join(values)


def text_of(part: Part) -> str:
    """Return the beginning of a part's text, whatever it is encoded in."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, TypeError):
        return ""
    return content[:SCANNED].decode("latin-1") if isinstance(content, bytes) else ""
