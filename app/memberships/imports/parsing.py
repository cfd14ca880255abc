"""A file of members from elsewhere, read line by line: each line a good row, or why it is not.

CSV as spreadsheets write it, with one limit: a value holds no line break. So every line stands
for itself, and a lone quote spoils one line, not the rest of the file.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo

from app.core.errors import OperatorError
from app.core.moments import read_moment
from app.mail.addresses import AddressError, read_address
from app.mail.faults import said_in_a_file

COLUMNS = ("email", "name", "source", "source_ref", "starts_at", "ends_at")
LONGEST = {"name": 200, "source": 40, "source_ref": 120}
LONGEST_LINE = 8_192
DELIMITERS = ",;\t"

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """A good line. Times are aware; `ends_at` is exclusive, None for no end."""

    line: int
    address: str
    address_key: str
    name: str | None
    source: str
    source_ref: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What depends on the newsroom.

    Attributes:
        zone: In which dates and times without an offset are meant.
        smtputf8: The relay takes local parts beyond ASCII.
        testing: Addresses below `.test` are taken.
    """

    zone: ZoneInfo
    smtputf8: bool = False
    testing: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file is to be taken whose columns have other titles than ours.

    Attributes:
        titles: By column of ours, the title of the file's; other columns are left out.
        source: Where its members come from, if no column says.
        name: What the file is called, if not as it lies there.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    name: str = ""


AS_IT_IS = Understood()


class BadValueError(ValueError):
    """One value of a line cannot be taken."""


class MemberFile:
    """A file being read; `opened` makes it.

    Attributes:
        path: Where it lies.
        size: Length in bytes.
    """

    def __init__(
        self, path: Path, data: BufferedReader, rules: Rules, understood: Understood = AS_IT_IS
    ) -> None:
        self.path = Path(understood.name) if understood.name else path
        self._understood = understood
        self.size = path.stat().st_size
        self._rules = rules
        self._bytes = data
        self._text = TextIOWrapper(data, encoding="utf-8-sig", errors="surrogateescape")

    @property
    def position(self) -> int:
        """How many bytes have been read, to the next few thousand."""
        return self._bytes.tell() if self._bytes.seekable() else 0

    def lines(self) -> Iterator[Row | Problem]:
        """Yield each line below the header, blank ones left out.

        Raises:
            OperatorError: The header does not name the six columns.
        """
        numbered = self._numbered()
        line, header = next(numbered, (1, ""))
        delimiter, names = self._columns(line, header)
        for number, text in numbered:
            try:
                values = _split(text, delimiter)
                if any(values):
                    yield self._row(number, names, values)
            except BadValueError as error:
                yield Problem(number, str(error))

    def _numbered(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that are not blank, with their numbers; an overlong one cut."""
        number = 0
        while text := self._text.readline(LONGEST_LINE + 1):
            number += 1
            rest = text
            while len(rest) > LONGEST_LINE and not rest.endswith("\n"):
                rest = self._text.readline(LONGEST_LINE + 1)
            if text.strip():
                yield number, text.rstrip("\n")

    def _columns(self, line: int, header: str) -> tuple[str, list[str]]:
        """Return the delimiter and the names of the columns, in the file's order."""
        readings: list[tuple[str, list[str]]] = []
        faults: list[BadValueError] = []
        for one in DELIMITERS:
            try:
                readings.append((one, _names(header, one)))
            except BadValueError as error:  # quoted names end badly at any delimiter but their own
                faults.append(error)
        if not readings:
            raise OperatorError(f"{self.path}, line {line}: {faults[0]}.")
        if self._understood.titles:
            return self._told_columns(line, readings)
        delimiter, names = max(readings, key=lambda reading: len(set(reading[1]) & set(COLUMNS)))
        for faulty, trouble in (
            ([one for one in COLUMNS if one not in names], "the header lacks {}"),
            ([one for one in names if one not in COLUMNS], "the header has the unknown {}"),
            (sorted({one for one in names if names.count(one) > 1}), "the header repeats {}"),
        ):
            if faulty:
                shown = ", ".join(one[:40] if one.isprintable() else repr(one) for one in faulty)
                raise OperatorError(
                    f"{self.path}, line {line}: {trouble.format(shown)}; "
                    f"the columns are {', '.join(COLUMNS)}."
                )
        return delimiter, names

    def _told_columns(
        self, line: int, readings: list[tuple[str, list[str]]]
    ) -> tuple[str, list[str]]:
        """Return delimiter and columns by what was told of them; empty for those left out."""
        told = {plain_title(title): name for name, title in self._understood.titles.items()}
        delimiter, found = max(readings, key=lambda reading: len(set(reading[1]) & set(told)))
        missing = [title for title in told if found.count(title) != 1]
        if missing:
            raise OperatorError(
                f"{self.path}, line {line}: there must be one column {missing[0][:40]!r}, and "
                f"there are {found.count(missing[0])}."
            )
        return delimiter, [told.get(title, "") for title in found]

    def _given(self, names: list[str], values: list[str]) -> dict[str, str]:
        """Return the values of our columns; what the file lacks is made of what it has."""
        given = {
            name: _clean(self._called(name), value, LONGEST.get(name, LONGEST_LINE))
            for name, value in zip(names, values, strict=True)
            if name
        }
        if self._understood.titles:
            given.setdefault("source", self._understood.source)
            given.setdefault("source_ref", given["email"].casefold()[: LONGEST["source_ref"]])
        return dict.fromkeys(COLUMNS, "") | given

    def _row(self, line: int, names: list[str], values: list[str]) -> Row:
        if len(values) != len(names):
            raise BadValueError(f"{len(values)} values where the header has {len(names)}")
        given = self._given(names, values)
        for name in ("source", "source_ref", "starts_at"):
            if not given[name]:
                raise BadValueError(f"{self._called(name)} is empty")
        address, key = self._address(given["email"])
        starts_at = _moment(self._called("starts_at"), given["starts_at"], self._rules.zone)
        end = given["ends_at"]
        ends_at = _moment(self._called("ends_at"), end, self._rules.zone) if end else None
        if ends_at is not None and ends_at < starts_at:
            raise BadValueError(f"{self._called('ends_at')} is before {self._called('starts_at')}")
        texts = (given["name"] or None, given["source"], given["source_ref"])
        return Row(line, address, key, *texts, starts_at, ends_at)

    def _called(self, name: str) -> str:
        """Return what the file calls a column of ours."""
        return self._understood.titles.get(name, name)[:40]

    def _address(self, text: str) -> tuple[str, str]:
        try:
            found = read_address(text, smtputf8=self._rules.smtputf8, testing=self._rules.testing)
        except AddressError as error:
            raise BadValueError(said_in_a_file(error.fault, text, self._called("email"))) from error
        return found.text, found.key


@contextmanager
def opened(path: Path, rules: Rules, understood: Understood = AS_IT_IS) -> Iterator[MemberFile]:
    """Open a file for reading.

    Args:
        path: Where it lies.
        rules: What depends on the newsroom.
        understood: How its columns are to be taken, if not by our titles.

    Raises:
        OperatorError: It cannot be read, is empty, or is in an encoding that is not UTF-8.
    """
    shown = understood.name or str(path)
    try:
        data = path.open("rb")
    except OSError as error:
        raise OperatorError(f"{shown} cannot be read: {error.strerror}.") from error
    with data:
        start = data.peek(2)
        if not start:
            raise OperatorError(f"{shown} is empty.")
        if start.startswith(_WIDE_ENCODINGS):
            raise OperatorError(f"{shown} is UTF-16: save it as UTF-8.")
        yield MemberFile(path, data, rules, understood)


def titles_in(path: Path) -> list[str]:
    """Return the titles in a file's first line, parted by what yields most of them.

    Raises:
        OperatorError: It is no line of a table.
    """
    with path.open("rb") as data, TextIOWrapper(data, "utf-8-sig", "surrogateescape") as text:
        header = text.readline(LONGEST_LINE + 1).rstrip("\r\n")
    found: list[list[str]] = []
    for one in DELIMITERS:
        with suppress(BadValueError):
            found.append([title.strip() for title in _split(header, one)])
    if not found:
        raise OperatorError("The first line holds no titles: is it a CSV file in UTF-8?")
    return max(found, key=len)


def plain_title(title: str) -> str:
    """Return a title as titles compare."""
    return title.strip().casefold()


def _names(header: str, delimiter: str) -> list[str]:
    return list(map(plain_title, _split(header, delimiter)))


def _split(text: str, delimiter: str) -> list[str]:
    """Return the values of one line."""
    if len(text) > LONGEST_LINE:
        raise BadValueError(f"longer than {LONGEST_LINE} characters")
    if _NOT_UTF8.search(text):
        raise BadValueError("not UTF-8: save the file in that encoding")
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise BadValueError("a quote is not closed on this line, or stands alone") from error


def _clean(name: str, value: str, longest: int) -> str:
    value = value.replace("\u00a0", " ").strip(" ")
    if _CONTROL.search(value):
        raise BadValueError(f"{name} has a control character")
    if len(value) > longest:
        raise BadValueError(f"{name} is longer than {longest} characters")
    return value


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        return read_moment(text, zone)
    except ValueError as error:
        shape = "2027-01-31 or 2027-01-31T14:05"
        raise BadValueError(f"{name} is no date like {shape}: {text[:40]}") from error
