"""CSV that a spreadsheet may open: no cell of it is taken for a formula.

A value that begins with `= + - @`, a tab or a line's end, or a full-width form of those signs, gets
an apostrophe before it (OWASP, CSV injection). Reading takes that one apostrophe off again, so that
every text comes back as it was.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BEGINNING = "'{}[=+\\-@\t\r\n＝＋－＠]"
_RISKY = re.compile(_BEGINNING.format("*"))
_GUARDED = re.compile(_BEGINNING.format("+"))


def guarded(text: str) -> str:
    """Return a cell's text, with an apostrophe before it if it could be taken for a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that a guarded cell stands for."""
    return text[1:] if _GUARDED.match(text) else text


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180), every cell guarded."""
    text = io.StringIO()
    csv.writer(text).writerows([guarded(one) for one in row] for row in rows)
    return text.getvalue()
