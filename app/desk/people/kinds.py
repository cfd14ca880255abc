"""What a person's story is made of: kinds of things that happen, and where each is read from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

MONEY, MEMBERSHIP, GIFTS, NEWSLETTERS, MAIL, ACCOUNT, DESK = KINDS = (
    "money",
    "membership",
    "gifts",
    "newsletters",
    "mail",
    "account",
    "desk",
)
Rows: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose story it is.

    Attributes:
        person_id: Of the row.
        keys: Their addresses, as mailboxes compare.
        hashes: The same as suppression keeps them.
    """

    person_id: int
    keys: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing that happens.

    Attributes:
        kind: One of `KINDS`, by which the story is narrowed.
        what: Its own word.
        at: When it happened.
        key: Parts what happened in one moment.
        rows: Returns the facts of all that happened to somebody.
    """

    kind: str
    what: str
    at: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[Any]
    rows: Callable[[Who], Rows]
