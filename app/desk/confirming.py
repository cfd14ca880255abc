"""Nothing that ends something happens at one press: a page says in words what would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response

from app.desk.chrome import desk_page


@dataclass(frozen=True, slots=True)
class Question:
    """What is about to be done.

    Attributes:
        title: Heading of the page: "Refund a payment".
        sentence: All of it in words: "Refund 25.00 EUR to Ann, ann@example.org."
        action: Where the form is sent.
        button: What the button says: the same verb.
        back: Where whoever thinks better of it goes.
        more: Further sentences: what follows from it, what stays.
        fields: Hidden fields of the form.
        ends: Whether something ends by it; the button says so by its colour.
    """

    title: str
    sentence: str
    action: str
    button: str
    back: str
    more: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    ends: bool = True


def confirm_page(question: Question, error: str = "", status: int = HTTPStatus.OK) -> Response:
    """Return the page that asks; `error` says why the last press did nothing."""
    return desk_page("desk/confirm.html", question.title, status, question=question, error=error)
