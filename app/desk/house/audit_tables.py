"""The audit log as a list: searched by who, what, about and day."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import ColumnElement, Row, String, and_, cast, false, func, literal, or_, select

from app.core.days import A_DAY, beginning_of
from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Filter, Table
from app.people.audit import AuditEntry
from app.people.models import Person
from app.people.staff_models import Staff

STAFF, COMMAND = "staff:", "command:"
LONGEST_NUMBER = 18


def audit_table(zone: ZoneInfo) -> Table:
    """Return every entry; a day that is searched for is one of the newsroom's."""
    rows = (
        select(
            AuditEntry.number,
            AuditEntry.at,
            AuditEntry.who,
            AuditEntry.what,
            AuditEntry.about,
            Person.name,
        )
        .outerjoin(Staff, AuditEntry.who == literal(STAFF).concat(cast(Staff.id, String)))
        .outerjoin(Person, Person.id == Staff.person_id)
    )
    return Table(
        name="audit",
        rows=rows,
        key=AuditEntry.number,
        columns=(
            Column("number", lambda: _("Entry"), _entry, AuditEntry.number, numeric=True),
            Column("when", lambda: _("When"), lambda row: row.at, AuditEntry.at),
            Column(
                "who", lambda: _("Who"), lambda row: who_in_words(row.who, row.name), AuditEntry.who
            ),
            Column("what", lambda: _("What"), lambda row: row.what, AuditEntry.what),
            Column("about", lambda: _("About"), lambda row: row.about, AuditEntry.about),
        ),
        order="-number",
        empty=lambda: _(
            "Nothing was done yet: whatever is changed at the desk or by a command stands here."
        ),
        search=lambda words: and_(*(_meets(word, zone) for word in words.split())),
        search_title=lambda: _("Who, what, about, or a day like 2026-11-27"),
        filters=(
            Filter(
                "by",
                lambda: _("Done"),
                (("", _("anywhere")), ("desk", _("at the desk")), ("command", _("by a command"))),
                lambda by: AuditEntry.who.startswith(STAFF if by == "desk" else COMMAND),
            ),
        ),
        personal=True,
    )


def _entry(row: Row[Any]) -> Cell:
    return Cell(str(row.number), url_for("desk_audit.entry", number=row.number))


def who_in_words(who: str, name: str | None) -> str:
    """Return who did something, by their name where staff have one."""
    if who.startswith(STAFF):
        return name or _("Staff %(number)s", number=who.removeprefix(STAFF))
    return who.removeprefix(COMMAND)


def _meets(word: str, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return what an entry meets that is found by a word: a day, or a part of what it says."""
    day = _day(word)
    if day is not None:
        begins = beginning_of(day, zone)
        return and_(AuditEntry.at >= begins, AuditEntry.at < beginning_of(day + A_DAY, zone))
    said = (AuditEntry.who, AuditEntry.what, AuditEntry.about, func.coalesce(Person.name, ""))
    found = [func.lower(one).contains(word.lower(), autoescape=True) for one in said]
    exact = [one.contains(word, autoescape=True) for one in said]  # SQLite lowers ASCII alone
    is_number = word.isdecimal() and len(word) < LONGEST_NUMBER
    return or_(AuditEntry.number == int(word) if is_number else false(), *found, *exact)


def _day(word: str) -> date | None:
    try:
        found = date.fromisoformat(word)
    except ValueError:
        return None
    return found if date.min + timedelta(days=2) < found < date.max - timedelta(days=2) else None
