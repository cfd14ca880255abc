"""What the webhooks of mail providers share: a body that is JSON, and why one is refused."""

import json
from datetime import UTC, datetime
from typing import Any


class RefusedError(Exception):
    """A body cannot be taken. What it says is for our log, and holds nothing that was sent."""


class ForgedError(RefusedError):
    """Nothing proves that a body comes from the provider."""


class LaterError(Exception):
    """It cannot be told just now whether a body comes from the provider."""


LONGEST = 1000

Json = dict[str, Any]


def read_json(body: bytes | str) -> Json:
    """Return an object that was sent.

    Raises:
        RefusedError: It is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError("not JSON") from error
    if not isinstance(found, dict):
        raise RefusedError("no object")
    return found


def inside(found: Json, *names: str) -> Json:
    """Return the object under these names, one in the other; an empty one where there is none."""
    for name in names:
        each = found.get(name)
        found = each if isinstance(each, dict) else {}
    return found


def text(found: Json, name: str) -> str:
    """Return a text, or a number as text; an empty one where there is none."""
    value = found.get(name)
    said = str(value)[:LONGEST] if isinstance(value, str | int | float) else ""
    return said.encode(errors="replace").decode()  # JSON can hold halves of signs


def moment(said: str) -> datetime | None:
    """Return a moment as it was written, or None if it is none (RFC 3339)."""
    try:
        found = datetime.fromisoformat(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
