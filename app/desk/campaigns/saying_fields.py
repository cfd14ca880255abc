"""The form of a campaign's words: its heading is one line with the highlight between asterisks."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.core.seen import mark_of
from app.goal.headings import read_heading, write_heading
from app.goal.queries import Words


def read_words(values: Mapping[str, str]) -> Words:
    """Return what a form says.

    Raises:
        FieldError: The heading has no highlight, or more than one.
    """
    before, highlight, after = read_heading(values.get("heading", ""))
    return Words(
        strip=_line(values, "strip"),
        heading_before=before,
        heading_highlight=highlight,
        heading_after=after,
        paragraphs=(_line(values, "first_paragraph"), _line(values, "second_paragraph")),
        question=_line(values, "question"),
    )


def words_fields(words: Words | None, own: Words | None) -> dict[str, str]:
    """Return the fields that show words, and the mark of those that are the place's own."""
    seen = {"seen": mark_of(said_content(own))}
    if words is None:
        return seen
    return {
        **seen,
        "strip": words.strip,
        "heading": write_heading(words),
        "first_paragraph": words.paragraphs[0],
        "second_paragraph": words.paragraphs[1],
        "question": words.question,
    }


def said_content(words: Words | None) -> dict[str, Any]:
    """Return what is said, for a mark."""
    return asdict(words) if words else {}


def in_the_log(words: Words | None) -> dict[str, object]:
    """Return what the audit log keeps of words."""
    if words is None:
        return {}
    return {name: one for name, one in words_fields(words, None).items() if name != "seen"}


def _line(values: Mapping[str, str], name: str) -> str:
    return " ".join(values.get(name, "").split())
