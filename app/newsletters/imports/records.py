"""Records of a CSV file, read through limits: each one whole, or why it is not.

Values may hold line breaks, as notes do. A quote that never ends spoils its own line only: when
what follows does not close it soon, or closes it badly, reading goes on with the next line.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper

from app.newsletters.imports.files import Part

LONGEST_LINE = 65_536
MOST_LINES = 50
DELIMITERS = ",;\t|"
_UNDECODED = {True: re.compile("[\udc80-\udcff]"), False: re.compile("\ufffd")}
_UNFINISHED = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a table.

    Attributes:
        line: The line that it begins in, from 1.
        values: What stands in it.
        fault: Why it cannot be used, or empty; then `values` holds its first line as it is.
    """

    line: int
    values: list[str]
    fault: str = ""


class _BadRecordError(ValueError):
    """A text is no record, however it goes on."""


class Records:
    """The records of one part, header included, blank ones left out; open until it is closed.

    Attributes:
        position: How many bytes have been read, to the next few thousand.
    """

    def __init__(self, part: Part, delimiter: str | None = None) -> None:
        self._data = part.open()
        self._encoding = part.encoding.removesuffix("-sig")
        is_utf8 = self._encoding.startswith("utf-8")
        self._undecoded = _UNDECODED[is_utf8]
        self._text = TextIOWrapper(
            self._data,
            encoding=part.encoding,
            errors="surrogateescape" if is_utf8 else "replace",
        )
        self._number = 0
        self._waiting: deque[tuple[int, str]] = deque()
        self._delimiter = delimiter

    @property
    def delimiter(self) -> str:
        """What parts the values: what yields most of them in the first line, if not told."""
        if self._delimiter is None:
            number, text = self._line() or (1, "")
            self._waiting.appendleft((number, text))
            self._delimiter = max(DELIMITERS, key=lambda one: _count(text, one))
        return self._delimiter

    @property
    def position(self) -> int:
        """How far the reading is."""
        return self._data.tell()

    def close(self) -> None:
        """Close the part."""
        self._text.close()

    def __iter__(self) -> Iterator[Record]:
        """Yield each record."""
        delimiter = self.delimiter
        while line := self._line():
            found = self._record(*line, delimiter)
            if any(found.values):
                yield found

    def _record(self, number: int, text: str, delimiter: str) -> Record:
        try:
            return Record(number, self._values(text, delimiter))
        except _BadRecordError as error:
            return Record(number, [text.rstrip("\n")[:LONGEST_LINE]], str(error))

    def _values(self, text: str, delimiter: str) -> list[str]:
        if len(text) > LONGEST_LINE:
            raise _BadRecordError(f"longer than {LONGEST_LINE} characters")
        values = _split(text, delimiter)
        if values is None:
            values = self._continued(text, delimiter)
        if any(map(self._undecoded.search, values)):
            raise _BadRecordError(f"it has characters that are not {self._encoding}")
        return values

    def _continued(self, text: str, delimiter: str) -> list[str]:
        """Return the values of a record that goes on in the next lines, or put those back."""
        taken: list[tuple[int, str]] = []
        fault = _BadRecordError("a quote is not closed")
        while len(taken) < MOST_LINES and (line := self._line(blank=True)):
            taken.append(line)
            text += line[1]
            try:
                if '"' in line[1] and (values := _split(text[:LONGEST_LINE], delimiter)):
                    return values
            except _BadRecordError as error:
                fault = error
                break
        self._waiting.extendleft(reversed(taken))
        raise fault

    def _line(self, *, blank: bool = False) -> tuple[int, str] | None:
        """Return the next line with its number, of an overlong one its beginning."""
        while self._waiting:
            if blank or self._waiting[0][1].strip():
                return self._waiting.popleft()
            self._waiting.popleft()
        while text := self._text.readline(LONGEST_LINE + 1):
            self._number += 1
            rest = text
            while len(rest) > LONGEST_LINE and not rest.endswith("\n"):
                rest = self._text.readline(LONGEST_LINE + 1)
            if blank or text.strip():
                return self._number, text
        return None


def _split(text: str, delimiter: str) -> list[str] | None:
    """Return the values of a record; None if a quote is open at the end of the text."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if _UNFINISHED in str(error):
            return None
        raise _BadRecordError("a quote stands where none can") from error


def _count(text: str, delimiter: str) -> int:
    try:
        return len(_split(text[:LONGEST_LINE], delimiter) or ())
    except _BadRecordError:
        return 0
