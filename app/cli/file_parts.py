"""A TOML file read part by part: each thing that cannot be taken becomes a sentence."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.errors import OperatorError
from app.core.languages import DEFAULT, LANGUAGES

MOMENT = "a moment with its zone, like 2027-01-31T09:00:00+02:00"


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file holds.

    Raises:
        OperatorError: It cannot be read, or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{path} is not in UTF-8: save it so.") from error
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{path} is not TOML: {error}.") from error


class Part:
    """One table of a file.

    Attributes:
        where: How the table is named in a sentence; empty for the whole file.
        values: What it holds.
        faults: A sentence for each thing that cannot be taken, of all parts of the file.
    """

    def __init__(self, where: str, values: dict[str, Any], faults: list[str]) -> None:
        self.where = where
        self.values = values
        self.faults = faults

    def fault(self, name: str, said: str) -> None:
        """Note what is wrong with a value of this part."""
        self.faults.append(f"{self._path(name)} {said}.")

    def only(self, *names: str) -> None:
        """Refuse whatever is called otherwise: it would be left out without a word."""
        for name in self.values:
            if name not in names:
                self.fault(name, f"is unknown: what can stand here is {', '.join(names)}")

    def text(self, name: str, most: int, *, may_be_empty: bool = False) -> str:
        """Return a text of so many characters at most."""
        found = self.values.get(name)
        if not isinstance(found, str) or not (may_be_empty or found.strip()):
            self.fault(name, self._missing(name, "a text in quotes"))
        elif len(found) > most:
            self.fault(name, f"is longer than {most} characters")
        else:
            return found
        return ""

    def text_or_none(self, name: str, most: int) -> str | None:
        """Return a text that may be left out."""
        return self.text(name, most) if name in self.values else None

    def flag(self, name: str, usual: bool) -> bool:  # noqa: FBT001 - what holds where nothing is said
        """Return whether something is so; it may be left out."""
        found = self.values.get(name, usual)
        if not isinstance(found, bool):
            self.fault(name, "must be true or false")
            return usual
        return found

    def number(self, name: str, least: int, most: int) -> int:
        """Return a whole number between two bounds, both included."""
        found = self.values.get(name)
        if type(found) is int and least <= found <= most:
            return found
        self.fault(name, self._missing(name, f"a whole number from {least} to {most}"))
        return least

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """Return a moment; one without a zone is refused."""
        found = self.values.get(name)
        if isinstance(found, datetime) and found.tzinfo is not None:
            return found
        if required or found is not None:
            self.fault(name, self._missing(name, MOMENT))
        return None

    def part(self, name: str) -> "Part":
        """Return a table inside this one, empty if there is none."""
        found = self.values.get(name)
        if not isinstance(found, dict):
            self.fault(name, self._missing(name, "a table"))
            found = {}
        return Part(self._path(name), found, self.faults)

    def parts(self, name: str) -> list["Part"]:
        """Return the tables of a list, which may be left out."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.fault(name, f"must be a list of tables, each beginning with [[{name}]]")
            return []
        return [
            Part(f"{self._path(name)} {place}", one, self.faults)
            for place, one in enumerate(found, 1)
        ]

    def texts(self, name: str, most: int) -> dict[str, str]:
        """Return a text in every language that it is written in; English must be there."""
        part = self.in_languages(name)
        return {language: part.text(language, most) for language in part.values}

    def in_languages(self, name: str, required: Sequence[str] = (DEFAULT,)) -> "Part":
        """Return a table by language; English must be there unless told otherwise."""
        part = self.part(name)
        part.only(*LANGUAGES)
        for language in required:
            if isinstance(self.values.get(name), dict) and language not in part.values:
                part.fault(language, "is missing: it stands in for what is not translated")
        return part

    def _missing(self, name: str, wanted: str) -> str:
        return f"must be {wanted}" if name in self.values else f"is missing: it is {wanted}"

    def _path(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
