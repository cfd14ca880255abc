"""What a page with a sign-up form shows, and the way back to it when the form is refused.

Pages belong to the site, which stands above: it leaves a `FormPage` in the application, and a
refused sign-up is shown on the page it came from. Without one there is a plain page of our own.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app

FORM_PAGE = "unwalled_form_page"


@dataclass(frozen=True, slots=True)
class NewsletterForm:
    """One form, as the templates print it; every text is in the page's language."""

    slug: str
    name: str
    description: str
    cadence: str
    action: str
    from_path: str
    field_id: str
    value: str = ""
    error: str = ""
    suggestion: str = ""
    author: str | None = None
    language_name: str = ""
    url: str = ""
    members_only: bool = False
    picture: object | None = None


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """What a reader sent that could not be taken.

    Attributes:
        slugs: The lists asked for.
        several: It was the form for several lists at once.
        value: What stood in the field.
        error: The sentence for the reader, in their language.
        suggestion: What they may have meant, or empty.
        from_path: The page of the form as it said itself: an internal path, or empty.
        language: Of the page.
        field: Where the mistake is: `email`, or `list`.
    """

    slugs: tuple[str, ...]
    several: bool
    value: str
    error: str
    suggestion: str
    from_path: str
    language: str
    field: str = "email"


class FormPage(Protocol):
    """Renders the page that a form stands on."""

    def __call__(self, refused: RefusedForm) -> str | None:
        """Return the page with the form's error in it; None if there is no such page."""


def use_form_page(app: Flask, page: FormPage) -> None:
    """Let `page` show what was refused."""
    app.extensions[FORM_PAGE] = page


def page_with(refused: RefusedForm) -> str | None:
    """Return the page that the form came from, with its error; None if nobody shows it."""
    page: FormPage | None = current_app.extensions.get(FORM_PAGE)
    return page(refused) if page is not None else None
