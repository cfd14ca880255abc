"""The page that a form stood on, shown again with what was wrong.

Pages belong to the site, which stands above this feature; it puts a renderer into the
application, and the sign-up views find it here.
"""

from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app

NAME = "unwalled_form_page"


@dataclass(frozen=True, slots=True)
class FormState:
    """What was sent, and what is to be said about it.

    Attributes:
        lists: Slugs of the lists that were asked for.
        several: Whether it was the form that takes several lists at once.
        value: The address as it was typed.
        error: The sentence beside the field, or empty.
        suggestion: The address that may have been meant, or empty.
        from_path: Path of the page that the form stood on, or empty.
    """

    lists: tuple[str, ...]
    several: bool
    value: str
    error: str
    suggestion: str
    from_path: str


class FormPage(Protocol):
    """Renders the page that a form stood on."""

    def __call__(self, state: FormState) -> str | None:
        """Return the page's HTML with the form in this state, or None if there is no such page."""


def form_page(state: FormState) -> str | None:
    """Return the page that the form stood on, with its error; None if nobody can render it."""
    found = current_app.extensions.get(NAME)
    return cast(FormPage, found)(state) if found is not None else None
