"""One record of a table: whom it brings to which lists, and how they stood; or why it does not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.languages import LANGUAGES
from app.core.moments import read_moment
from app.core.settings import Settings
from app.core.spreadsheets import unguarded
from app.mail.addresses import Address, AddressError, read_address
from app.mail.faults import said_in_a_file
from app.newsletters.addresses import is_blocked, is_office
from app.newsletters.imports.columns import Columns
from app.newsletters.imports.records import Record
from app.newsletters.imports.systems import (
    BOUNCED,
    COMPLAINED,
    CONFIRMED,
    NEVER,
    PENDING,
    UNSUBSCRIBED,
)

LONGEST_NAME = 200
LONGEST_VIA = 200

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_OF_GO = re.compile(r"(\S+ [\d:]+(?:\.\d{1,6})?)\d* ([+-]\d{4}) [A-Z]+")
"""How Go prints a moment, and so listmonk's export: 2024-01-31 12:00:00.123456789 +0000 UTC."""

_FRACTION = re.compile(r"(\.\d{6})\d+")
_PARTING = re.compile(r"[,;|]")
_COMPLAINT = re.compile("abuse|complain", re.IGNORECASE)
_REFUSED = {
    PENDING: "was never confirmed there, so nobody may write to it",
    NEVER: "never subscribed there",
}


class BadRowError(ValueError):
    """A record cannot be taken."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What all the records of a file are read by.

    Attributes:
        settings: Which addresses are refused.
        zone: In which times without an offset are meant.
        lists: The lists that everybody is brought to; none if the records say so.
        by_label: By what a record may call it, case folded, a list's id.
        languages: By list's id, its language.
    """

    settings: Settings
    zone: ZoneInfo
    lists: tuple[int, ...]
    by_label: Mapping[str, int]
    languages: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a record says. `address_key` and the rest are as in the tables; times are aware."""

    line: int
    address: str
    address_key: str
    lists: tuple[int, ...]
    name: str | None
    language: str | None
    state: str
    given_at: datetime | None
    given_via: str | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    office: bool


def read_entry(record: Record, columns: Columns, rules: Rules, state: str | None) -> Entry:
    """Return what a record says.

    Args:
        record: Of the table whose columns these are.
        columns: What they mean.
        rules: What depends on the newsroom and the operator.
        state: What everybody in the file is, if that is known beforehand.

    Raises:
        BadRowError: With the reason, for the operator.
    """
    if record.fault:
        raise BadRowError(record.fault)
    values = record.values
    if len(values) != len(columns.titles):
        raise BadRowError(f"{len(values)} values where the header has {len(columns.titles)}")
    given = {field: _clean(values[place]) for field, place in columns.places.items()}
    address = _address(given["email"], rules, columns.title_of("email"))
    times = {
        field: _moment(given[field], columns.title_of(field), rules.zone)
        for field in _TIMES
        if given.get(field)
    }
    state = state or _state(given, columns)
    if state in _REFUSED:
        raise BadRowError(_REFUSED[state])
    return Entry(
        line=record.line,
        address=address.text,
        address_key=address.key,
        lists=rules.lists or _lists(given.get("lists", ""), rules),
        name=_name(given),
        language=_language(given),
        state=state,
        given_at=times.get("given_at") or times.get("confirmed_at"),
        given_via=_shown(given.get("given_via", ""), LONGEST_VIA),
        confirmed_at=times.get("confirmed_at"),
        ended_at=_ended_at(times, state),
        office=is_office(address),
    )


_TIMES = ("given_at", "confirmed_at", "unsubscribed_at", "bounced_at", "ended_at")


def _clean(value: str) -> str:
    return unguarded(value).replace("\u00a0", " ").strip(" ")


def _address(text: str, rules: Rules, column: str) -> Address:
    settings = rules.settings
    try:
        found = read_address(
            text, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError as error:
        raise BadRowError(said_in_a_file(error.fault, text, column)) from error
    if settings.refuse_roles and is_office(found):
        raise BadRowError("the address of an office, which the settings refuse")
    if is_blocked(found, settings):
        raise BadRowError("an address of a domain that the settings refuse")
    return found


def _state(given: Mapping[str, str], columns: Columns) -> str:
    """Return how somebody stood: what is graver counts, where a record says several things."""
    state = CONFIRMED
    if "state" in given:
        word = given["state"].casefold()
        if word not in columns.system.states:
            raise BadRowError(f"{columns.title_of('state')} is {word[:40]!r}")
        state = columns.system.states[word]
    if state in {CONFIRMED, PENDING, NEVER} and given.get("unsubscribed_at"):
        state = UNSUBSCRIBED
    if given.get("bounced_at"):
        state = BOUNCED
    if state == UNSUBSCRIBED and _COMPLAINT.search(given.get("reason", "")):
        state = COMPLAINED
    return state


def _ended_at(times: Mapping[str, datetime], state: str) -> datetime | None:
    if state == CONFIRMED:
        return None
    own = "bounced_at" if state == BOUNCED else "unsubscribed_at"
    return times.get(own) or times.get("ended_at")


def _lists(text: str, rules: Rules) -> tuple[int, ...]:
    labels = [one.casefold() for one in labels_in(text)]
    found = dict.fromkeys(rules.by_label[one] for one in labels if one in rules.by_label)
    if not found:
        raise BadRowError(f"no list of ours is named: {text[:80]!r}")
    return tuple(found)


def labels_in(text: str) -> list[str]:
    """Return what a value of the column of lists calls them."""
    return [label for one in _PARTING.split(text) if (label := one.strip(' []{}"'))]


def _name(given: Mapping[str, str]) -> str | None:
    parts: Sequence[str] = (given.get("first_name", ""), given.get("last_name", ""))
    return _shown(given.get("name") or " ".join(filter(None, parts)), LONGEST_NAME)


def _shown(text: str, longest: int) -> str | None:
    return _CONTROL.sub(" ", text).strip()[:longest].strip() or None


def _language(given: Mapping[str, str]) -> str | None:
    code = given.get("language", "")[:2].casefold()
    return code if code in LANGUAGES else None


def _moment(text: str, column: str, zone: ZoneInfo) -> datetime:
    try:
        return read_moment(text, zone)
    except ValueError:
        pass
    try:
        return read_moment(_FRACTION.sub(r"\1", _OF_GO.sub(r"\1\2", text)), zone)
    except ValueError as error:
        raise BadRowError(
            f"{column} is no date like 2027-01-31 or 2027-01-31T14:05: {text[:40]}"
        ) from error
