"""Two people at once: what changed since a form was made is not overwritten without a word.

A form carries the mark of what it was made from; whoever writes compares it with the mark of what
is there now. A mark is a hash of the content, so that no column has to count versions, and a
change that was taken back meanwhile is in nobody's way.
"""

import hashlib
import json

from app.core.errors import UnwalledError


class ChangedMeanwhileError(UnwalledError):
    """Somebody else changed it since the form was made; nothing was written."""


def mark_of(content: object) -> str:
    """Return what names this very content: JSON values, moments, tuples and mappings of them."""
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def refuse_if_changed(seen: str | None, content: object) -> None:
    """Refuse to go on from what is no longer there.

    Args:
        seen: The mark that the form carried; None for a writer that has the last word.
        content: What is there now, read after whatever makes writers queue.

    Raises:
        ChangedMeanwhileError: They differ.
    """
    if seen is not None and seen != mark_of(content):
        raise ChangedMeanwhileError
