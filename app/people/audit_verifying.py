"""Whether the audit log is what it was: each entry, the chain, its end; and who could change it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.alarms import clear_alarm, raise_alarm
from app.core.clock import now as domain_now
from app.core.database import Database, one_snapshot
from app.core.orm import table_of
from app.core.work import Cron, Runtime
from app.people.audit import FIRST_HASH, AuditEntry, Head, hash_of, head_of

ALARM = "audit-broken"
BATCH = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole log found.

    Attributes:
        count: How many entries were read and hold.
        head: The last of them.
        number: Of the first entry that does not hold, or that is missing; None if all hold.
        why: In a sentence; empty if all hold.
    """

    count: int
    head: Head
    number: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the log is what it was, as far as can be told."""
        return self.number is None


def verify(database: Database, told: Head | None = None) -> Verified:
    """Read the log from its beginning, in a few entries' memory, and say where it breaks first.

    Args:
        database: Read only.
        told: An end of the chain as it was told elsewhere: entries up to there must lead to it.
    """
    table = table_of(AuditEntry)
    entries = select(table).order_by(table.c.number).execution_options(yield_per=BATCH)
    last = Head(0, FIRST_HASH)
    with database.read() as session:
        one_snapshot(session)
        kept = head_of(session)
        with session.execute(entries) as found:
            for entry in found:
                number, why = _fault(entry, last, told)
                if why:
                    return Verified(last.number, last, number, why)
                last = Head(entry.number, entry.hash)
    return _ended(last, kept, told)


def _missing(before: int, after: int) -> str:
    first, past = before + 1, after - 1
    if first == past:
        return f"Entry {first} is missing."
    return f"Entries {first} to {past} are missing."


def _fault(entry: Any, last: Head, told: Head | None) -> tuple[int, str]:  # noqa: ANN401 - a row of the table
    """Return the number of what does not hold, and why; no reason if the entry holds."""
    number = entry.number
    if number != last.number + 1:
        return last.number + 1, _missing(last.number, number)
    if entry.previous_hash != last.hash:
        return number, f"Entry {number} does not continue the one before it."
    if hash_of(entry) != entry.hash:
        return number, f"Entry {number} was changed."
    if told is not None and told.number == number and told.hash != entry.hash:
        why = f"Entry {number} is not the one that was told: the log was written anew up to it."
        return number, why
    return number, ""


def _ended(last: Head, kept: Head | None, told: Head | None) -> Verified:
    """Say whether the log ends where it ended."""
    if kept is None:
        return Verified(last.number, last, last.number + 1, "The row that keeps the end is gone.")
    if kept.number > last.number:
        why = f"{_missing(last.number, kept.number + 1)} The end was cut off."
        return Verified(last.number, last, last.number + 1, why)
    if kept != last:
        why = "The row that keeps the end does not fit the last entry."
        return Verified(last.number, last, last.number, why)
    if told is not None and told.number > last.number:
        why = f"{_missing(last.number, told.number + 1)} The end was cut off since it was told."
        return Verified(last.number, last, last.number + 1, why)
    return Verified(last.number, last)


_COULD = text("""
SELECT
  role.rolsuper AS superuser,
  pg_has_role(role.oid, audit.relowner, 'MEMBER')
    OR pg_has_role(role.oid, space.nspowner, 'MEMBER')
    OR EXISTS (
      SELECT 1 FROM pg_trigger AS held JOIN pg_proc AS refuses ON refuses.oid = held.tgfoid
      WHERE held.tgrelid = audit.oid AND NOT held.tgisinternal
        AND pg_has_role(role.oid, refuses.proowner, 'MEMBER')
    ) AS owner,
  has_table_privilege(role.oid, audit.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
    OR has_any_column_privilege(role.oid, audit.oid, 'UPDATE')
    OR pg_has_role(role.oid, 'pg_write_all_data', 'MEMBER') AS writer,
  current_setting('server_version_num')::int < 160000 AND role.rolcreaterole AS maker
FROM pg_roles AS role, pg_class AS audit
  JOIN pg_namespace AS space ON space.oid = audit.relnamespace
WHERE role.rolname = current_user AND audit.oid = to_regclass('audit_entry')
""")

_WHY = {
    "superuser": "it is a superuser",
    "owner": "it owns the table or its schema, or may become who does",
    "writer": "it may update, delete, truncate or set triggers",
    "maker": "it may make roles, and so become any",
}


def who_could(session: Session) -> str | None:
    """Return why this very session's role could change the log; None if it could not.

    SQLite has no roles: whoever can write its file can change all that is in it.
    """
    if session.get_bind().dialect.name == "sqlite":
        return "SQLite knows no roles, and whoever can write the file can change all of it"
    found = session.execute(_COULD).one()._mapping  # noqa: SLF001 - the documented way to a dict
    return next((why for name, why in _WHY.items() if found[name]), None)


def nightly() -> Cron:
    """Return the cron that reads the whole log every night, and tells its end to our log."""

    def run(runtime: Runtime) -> None:
        found = verify(runtime.database)
        if found.holds:
            log.info("the audit log holds", entries=found.count, head=str(found.head))
        else:
            log.error("the audit log is broken", entry=found.number, why=found.why)
        with runtime.database.write() as session:
            _tell(session, found, domain_now(session))
            session.commit()

    return Cron("people.audit", "45 4 * * *", run)


def _tell(session: Session, found: Verified, now: datetime) -> None:
    if found.holds:
        clear_alarm(session, ALARM, now)
    else:
        raise_alarm(session, ALARM, now)
