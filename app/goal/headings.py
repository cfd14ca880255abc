"""A heading as one line, its highlight between asterisks: `Free because *you* pay`."""

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.goal.queries import Words

MARK = "*"
CLOSING = ".,:;?!"


def read_heading(text: str) -> tuple[str, str, str]:
    """Return what stands before the highlight, the highlight, and what stands after it.

    Raises:
        FieldError: There is no highlight, or more than one.
    """
    parts = " ".join(text.split()).split(MARK)
    if len(parts) != 3 or not parts[1].strip():  # noqa: PLR2004 - before, highlight, after
        said = _("Put one * before and one * after the words to highlight, as in: Free for *all*.")
        raise FieldError("heading", said)
    before, highlight, after = (part.strip() for part in parts)
    return before, highlight, after


def write_heading(words: Words) -> str:
    """Return the line that `read_heading` reads the same parts from."""
    after = words.heading_after.strip()
    gap = "" if not after or after[0] in CLOSING else " "
    before = words.heading_before.strip()
    start = f"{before} " if before else ""
    return f"{start}{MARK}{words.heading_highlight.strip()}{MARK}{gap}{after}"
