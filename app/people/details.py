"""A person's name and language, as staff may put them right."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.people.models import Person

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Details:
    """What a person is called, and what is written to them in."""

    name: str | None
    language: str


def read_details(name: str, language: str) -> Details:
    """Return what was typed, in order.

    Raises:
        FieldError: `name` or `language`, with one sentence.
    """
    said = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    if len(said) > LONGEST_NAME:
        raise FieldError("name", _("A name here has at most 200 characters."))
    if language not in LANGUAGES:
        raise FieldError("language", _("Please choose one of the languages."))
    return Details(said or None, language)


def set_details(session: Session, person: Person, details: Details) -> list[str]:
    """Write them down; return the names of the fields that changed. Flushed, not committed."""
    changed = [one for one in ("name", "language") if getattr(person, one) != getattr(details, one)]
    person.name, person.language = details.name, details.language
    session.flush()
    return changed
