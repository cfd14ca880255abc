"""Forms of the desk: what was typed, and what is wrong with it, kept side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request

from app.core.answering import page_language
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.local_time import FIRST, SECOND, TwiceError, read_local, which_of_two, written_local

LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it is shown.

    Attributes:
        values: What stands in its fields, by name.
        errors: A sentence for each field that cannot be taken.
        twice: Fields whose clock time comes twice on its day, so that it is asked which is meant.
    """

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    twice: frozenset[str] = frozenset()

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    @property
    def first_error(self) -> str:
        """The field to begin with."""
        return next(iter(self.errors), "")


def sent() -> dict[str, str]:
    """Return the fields of the form that was sent, each cut where nobody types that much."""
    return {name: value[:LONGEST].strip() for name, value in request.form.items()}


def typed_in(values: Mapping[str, str]) -> str:
    """Return the language in which a form was filled in, whatever that of the page asked for."""
    said = values.get("typed_in", "")
    return said if said in LANGUAGES else page_language()


def refused(values: Mapping[str, str], error: FieldError) -> Typed:
    """Return a form with what was typed and what is wrong with it."""
    asked = {error.field} if isinstance(error, TwiceError) else set()
    asked |= {name.removesuffix("_which") for name in values if name.endswith("_which")}
    return Typed(values, {error.field: error.message}, frozenset(asked))


def texts_of(values: Mapping[str, str], name: str) -> dict[str, str]:
    """Return a text in every language, as its fields `name_en`, `name_uk` have it."""
    return {language: values.get(f"{name}_{language}", "") for language in LANGUAGES}


def spread(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a text in every language."""
    return {f"{name}_{language}": texts.get(language, "") for language in LANGUAGES}


def moment_of(values: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a date-time field, None if it is empty.

    Raises:
        FieldError: The clock of the zone never shows it, or shows it twice.
    """
    text = values.get(name, "")
    return read_local(name, text, zone, values.get(f"{name}_which", "")) if text else None


def spread_moment(name: str, moment: datetime | None, zone: ZoneInfo) -> dict[str, str]:
    """Return the fields of a moment: its clock time, and which of two it is if it comes twice."""
    which = which_of_two(moment, zone)
    return {name: written_local(moment, zone), **({f"{name}_which": which} if which else {})}


def filled(values: Mapping[str, str]) -> Typed:
    """Return a form that shows what is there."""
    asked = {name.removesuffix("_which") for name, one in values.items() if one in {FIRST, SECOND}}
    return Typed(values, {}, frozenset(asked))
