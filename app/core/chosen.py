"""Settings that staff choose while everything runs: a row overrides the environment.

Each process reads the rows once a second at most. While the database is away, what was read last
holds. A row that the rules of today refuse has no effect, and the desk says so.
"""

import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import String, Text, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Database
from app.core.errors import UnwalledError
from app.core.orm import Base, insert_for
from app.core.setting_rules import contradictions, unsafe_in_production
from app.core.setting_values import NotAllowedError
from app.core.settings import Settings

KEPT_SECONDS = 1.0
LONGEST = 2000

CHANGEABLE = (
    "site_tagline",
    "site_tagline_uk",
    "publisher",
    "morning_hour",
    "signups_per_network",
    "signups_per_domain",
    "signups_without_script",
    "confirm_rate_floor",
    "confirm_rate_least",
    "refuse_disposable",
    "refuse_roles",
    "blocked_domains",
    "joins_per_network",
    "joins_in_all",
    "join_paid_floor",
    "join_paid_least",
)
"""By their names in `Settings`. What is not here is a matter for whoever runs the server."""

FIELDS: Mapping[str, Field[Any]] = {
    one.name: one for one in fields(Settings) if one.name in CHANGEABLE
}

log = structlog.get_logger(__name__)
Rows = tuple[tuple[str, str], ...]


class ChosenSetting(Base):
    """What staff chose for one setting, as the environment would hold it."""

    __tablename__ = "chosen_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[datetime]


class NotChosenError(UnwalledError):
    """A text cannot be taken for a setting.

    Attributes:
        allowed: Which whole numbers can, like `from 0 to 100`; empty where it is no number.
        why: A whole sentence of the rules that it breaks; empty where it is malformed.
    """

    def __init__(self, allowed: str = "", why: str = "") -> None:
        super().__init__(why or allowed or "malformed")
        self.allowed = allowed
        self.why = why


@dataclass(frozen=True, slots=True)
class Choice:
    """How a setting stands.

    Attributes:
        name: In `Settings`.
        value: What holds, as the environment would hold it.
        otherwise: What holds without a row.
        default: What holds if the environment does not name it either.
        chosen_at: When staff chose; None if they did not.
        refused: Whether what they chose cannot hold any more.
    """

    name: str
    value: str
    otherwise: str
    default: str
    chosen_at: datetime | None
    refused: bool = False

    @property
    def source(self) -> str:
        """Where it comes from: `desk`, `environment` or `default`."""
        if self.chosen_at is not None and not self.refused:
            return "desk"
        return "default" if self.otherwise == self.default else "environment"


def as_text(value: object) -> str:
    """Return a setting's value as the environment would hold it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def read(base: Settings, name: str, text: str) -> Settings:
    """Return the settings with one of them as a text has it.

    Raises:
        NotChosenError: It is malformed, or breaks a rule that holds for the environment too.
    """
    one, text = FIELDS[name], " ".join(text.split())
    try:
        value = one.metadata["read"](text) if text or one.type is not str else ""
    except NotAllowedError as error:
        raise NotChosenError(allowed=str(error).removeprefix("a whole number ")) from error
    except ValueError as error:
        raise NotChosenError from error
    if len(text) > LONGEST or not text.isprintable():
        raise NotChosenError
    values: dict[str, Any] = {name: value}
    changed = replace(base, **values)
    if broken := next((why for why in _problems(changed) if _is_about(why, one)), ""):
        raise NotChosenError(why=broken)
    return changed


def _problems(settings: Settings) -> tuple[str, ...]:
    unsafe = unsafe_in_production(settings) if settings.mode == "production" else ()
    return (*contradictions(settings), *unsafe)


def _is_about(why: str, one: Field[Any]) -> bool:
    return why.startswith(f"{one.metadata['name']} ")


def choose(session: Session, base: Settings, name: str, text: str, now: datetime) -> str:
    """Have a setting hold from now on, here and everywhere within seconds; return it as kept.

    Args:
        session: Flushed, not committed.
        base: What the environment says.
        name: One of `CHANGEABLE`.
        text: As it was typed.
        now: The domain's present moment.

    Raises:
        NotChosenError: It cannot be taken; nothing was written.
    """
    kept = as_text(getattr(read(base, name, text), name))
    row = insert_for(session)(ChosenSetting).values(name=name, value=kept, chosen_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["name"],
            set_={"value": row.excluded.value, "chosen_at": row.excluded.chosen_at},
        )
    )
    return kept


def unchoose(session: Session, name: str) -> None:
    """Go back to what the environment says, or the default; flushed, not committed."""
    session.execute(delete(ChosenSetting).where(ChosenSetting.name == name))


def choices(session: Session, base: Settings) -> tuple[Choice, ...]:
    """Return how every changeable setting stands."""
    rows = {row.name: row for row in session.scalars(select(ChosenSetting))}
    return tuple(_choice(base, name, rows.get(name)) for name in CHANGEABLE)


def _choice(base: Settings, name: str, row: ChosenSetting | None) -> Choice:
    otherwise = as_text(getattr(base, name))
    default = as_text(_default(FIELDS[name]))
    if row is None:
        return Choice(name, otherwise, otherwise, default, None)
    try:
        value = as_text(getattr(read(base, name, row.value), name))
    except NotChosenError:
        return Choice(name, otherwise, otherwise, default, row.chosen_at, refused=True)
    return Choice(name, value, otherwise, default, row.chosen_at)


def _default(one: Field[Any]) -> object:
    text = one.metadata["default"]
    return "" if one.type is str and not text else one.metadata["read"](text)


class _Reading:
    """The rows of one database, as this process knows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: Rows | None = None
        self._until = 0.0
        self._merged: tuple[Settings, Rows, Settings] | None = None

    def rows(self, database: Database) -> Rows:
        """Return the rows; one thread asks for them, the others go on with what they have."""
        if self._until < time.monotonic() and self._lock.acquire(blocking=self._rows is None):
            try:
                if self._until < time.monotonic():
                    self._ask(database)
            finally:
                self._lock.release()
        return self._rows or ()

    def _ask(self, database: Database) -> None:
        try:
            with database.read() as session:
                found = select(ChosenSetting.name, ChosenSetting.value).order_by(ChosenSetting.name)
                self._rows = tuple((row.name, row.value) for row in session.execute(found))
        except SQLAlchemyError as error:
            log.debug("what staff chose was not read", why=type(error).__name__)
            self._rows = self._rows or ()
        self._until = time.monotonic() + KEPT_SECONDS

    def merged(self, database: Database, base: Settings) -> Settings:
        """Return the settings with what was chosen, the same object while nothing changes."""
        rows, kept = self.rows(database), self._merged
        if kept is None or kept[0] is not base or kept[1] != rows:
            kept = self._merged = (base, rows, _merge(base, rows))
        return kept[2]


def _merge(base: Settings, rows: Rows) -> Settings:
    settings = base
    for name, value in rows:
        try:
            settings = read(settings, name, value) if name in FIELDS else settings
        except NotChosenError as error:
            log.warning("what staff chose cannot hold", setting=name, why=str(error))
    return settings


_readings: "weakref.WeakKeyDictionary[Database, _Reading]" = weakref.WeakKeyDictionary()


def in_force(database: Database, base: Settings) -> Settings:
    """Return the settings that hold, as of a second ago at most.

    Args:
        database: Whose rows override.
        base: What the environment said at the start.
    """
    return _readings.setdefault(database, _Reading()).merged(database, base)


def forget_chosen(database: Database) -> None:
    """Have the rows read anew at once, in this process."""
    _readings.pop(database, None)
