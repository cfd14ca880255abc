"""Which column of a table means what, found by its title and shown before anything is done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.errors import OperatorError
from app.core.spreadsheets import unguarded
from app.newsletters.imports.systems import SYSTEMS, System

MOST_COLUMNS = 500
LONGEST_SHOWN = 40
FIELDS = {
    "email": ("email", "email_address", "e_mail", "e_mail_address", "mail", "пошта", "ел_пошта"),
    "name": ("name", "full_name", "display_name", "ім_я", "імя"),
    "first_name": ("first_name", "fname", "given_name"),
    "last_name": ("last_name", "lname", "surname", "family_name"),
    "language": ("language", "lang", "locale"),
    "lists": ("lists", "list", "newsletters", "newsletter"),
    "state": ("state", "status"),
    "given_at": (
        "given_at",
        "asked_at",
        "opted_in_at",
        "optin_time",
        "subscribed_at",
        "created_at",
    ),
    "confirmed_at": ("confirmed_at", "confirm_time"),
    "unsubscribed_at": ("unsubscribed_at", "unsub_time"),
    "bounced_at": ("bounced_at", "clean_time"),
    "ended_at": ("ended_at",),
    "given_via": ("given_via", "source", "from_path", "signup_source"),
    "reason": ("reason", "unsub_reason"),
}
"""What a table may say of a subscriber, and the titles of such columns, the likeliest first."""

_BETWEEN = re.compile(r"[\s\-'’.]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one table mean.

    Attributes:
        system: What wrote the table.
        titles: Of all its columns, in order.
        places: Where each field stands, counted from 0.
    """

    system: System
    titles: tuple[str, ...]
    places: Mapping[str, int]

    def title_of(self, field: str) -> str:
        """Return what the file calls the column of a field that it has."""
        return self.titles[self.places[field]][:LONGEST_SHOWN]

    @property
    def left_out(self) -> list[str]:
        """The titles of the columns that nothing is made of."""
        used = set(self.places.values())
        return [title for place, title in enumerate(self.titles) if place not in used]


def find_columns(
    header: Sequence[str], told: Mapping[str, str], system: str | None = None
) -> Columns:
    """Return what the columns mean.

    Args:
        header: The titles.
        told: By field, the title of its column; empty for none, whatever there is.
        system: What wrote the table, if that is known.

    Raises:
        OperatorError: No column holds addresses, or a title that counts stands twice.
    """
    if len(header) > MOST_COLUMNS:
        raise OperatorError(f"the table has {len(header)} columns: {MOST_COLUMNS} is the most.")
    titles = tuple(unguarded(title.strip().lstrip("\ufeff")) for title in header)
    plain = [_plain(title) for title in titles]
    writer = SYSTEMS[system] if system else _system(plain)
    places: dict[str, int] = {}
    for field, usual in FIELDS.items():
        if field in told:
            wanted: Sequence[str] = [_plain(told[field])] if told[field] else []
            if wanted and wanted[0] not in plain:
                raise OperatorError(f"there is no column {told[field]!r}. {_shown(titles)}.")
        else:
            wanted = writer.titles.get(field, usual)
        place = _place(plain, wanted)
        if place is not None:
            places[field] = place
    if "email" not in places:
        raise OperatorError(
            f"no column is known to hold addresses: name it with --column email=TITLE. "
            f"{_shown(titles)}."
        )
    return Columns(writer, titles, places)


def _place(plain: Sequence[str], wanted: Sequence[str]) -> int | None:
    for title in wanted:
        if title in plain:
            if plain.count(title) > 1:
                raise OperatorError(
                    f"two columns are called {title}, and one of them counts: "
                    "call the other one something else."
                )
            return plain.index(title)
    return None


def _system(plain: Sequence[str]) -> System:
    found = set(plain)
    return next(one for one in SYSTEMS.values() if any(found >= marks for marks in one.marks))


def _plain(title: str) -> str:
    return _BETWEEN.sub("_", title.strip().casefold())


def _shown(titles: Sequence[str]) -> str:
    shown = ", ".join(title[:40] if title.isprintable() else repr(title[:40]) for title in titles)
    return f"The table has {shown[:600]}"
