"""Every merge of two people as a list, each with its way back as long as there is one."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.languages import gettext as _
from app.desk.house.audit_tables import STAFF, who_in_words
from app.desk.listing import Cell, Column, Filter, Table
from app.people.merge_models import Merge
from app.people.merging import UNDO_FOR
from app.people.models import EmailAddress, Person
from app.people.staff_models import Staff

OPEN, KEPT, UNDONE = "open", "kept", "undone"

_GONE, _STAYS, _ACTOR = aliased(Person), aliased(Person), aliased(Person)


def merges_table(now: datetime) -> Table:
    """Return the list as it is at a moment, the latest first."""
    columns: tuple[Any, ...] = (
        Merge.id,
        Merge.merged_at,
        Merge.undone_at,
        Merge.done_by,
        _GONE.name.label("gone"),
        _GONE.public_id.label("gone_id"),
        _STAYS.name.label("stays"),
        _STAYS.public_id.label("stays_id"),
        _STAYS.erased_at.label("erased_at"),
        _ACTOR.name.label("actor"),
    )
    rows = (
        select(*columns)
        .join(_GONE, _GONE.id == Merge.from_id)
        .join(_STAYS, _STAYS.id == Merge.into_id)
        .outerjoin(Staff, Merge.done_by == literal(STAFF).concat(cast(Staff.id, String)))
        .outerjoin(_ACTOR, _ACTOR.id == Staff.person_id)
    )
    return Table(
        name="merges",
        rows=rows,
        key=Merge.id,
        columns=(
            Column("when", lambda: _("When"), _when, Merge.merged_at),
            Column("gone", lambda: _("Merged away"), lambda row: _who(row.gone, row), _GONE.name),
            Column("stays", lambda: _("Into whom"), _stays, _STAYS.name),
            Column("by", lambda: _("By"), lambda row: who_in_words(row.done_by, row.actor)),
            Column("state", lambda: _("State"), lambda row: _state(row, now), Merge.undone_at),
            Column("way", lambda: _("Action"), lambda row: _way(row, now)),
        ),
        order="-when",
        empty=lambda: _(
            "Nobody was merged yet. Whoever is here twice is made one from their page."
        ),
        search=_found,
        search_title=lambda: _("Name, or the beginning of an address"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("All")), (OPEN, _("can be undone")), (KEPT, _("stands for good")),
                 (UNDONE, _("undone"))),
                lambda state: _is(state, now),
            ),
        ),
        personal=True,
    )  # fmt: skip


def _found(words: str) -> ColumnElement[bool]:
    begins = EmailAddress.key.startswith(words.casefold(), autoescape=True)
    ids = select(EmailAddress.person_id).where(begins)
    names = [
        func.lower(one.name).contains(words.lower(), autoescape=True) for one in (_GONE, _STAYS)
    ]
    return or_(*names, Merge.from_id.in_(ids), Merge.into_id.in_(ids))


def _is(state: str, now: datetime) -> ColumnElement[bool]:
    if state == UNDONE:
        return Merge.undone_at.is_not(None)
    is_early = Merge.merged_at > now - UNDO_FOR
    return and_(Merge.undone_at.is_(None), is_early if state == OPEN else ~is_early)


def _when(row: Row[Any]) -> Cell:
    href = url_for("desk_merging.done", merge_id=row.id)
    return Cell("%(when)s", href, when=row.merged_at)


def _stays(row: Row[Any]) -> Cell:
    href = url_for("desk_people.person", public_id=row.stays_id)
    return Cell(_who(row.stays, row), href)


def _who(name: str | None, row: Row[Any]) -> str:
    if row.erased_at is not None:
        return _("Erased")
    return name or _("Without a name")


def _state(row: Row[Any], now: datetime) -> Cell:
    if row.undone_at is not None:
        return Cell(_("undone on %(when)s"), when=row.undone_at)
    if row.merged_at > now - UNDO_FOR:
        until = row.merged_at + UNDO_FOR
        return Cell(_("can be undone until %(when)s"), mark="ok", when=until)
    return Cell(_("stands for good"))


def _way(row: Row[Any], now: datetime) -> Cell:
    if row.undone_at is not None or row.merged_at <= now - UNDO_FOR:
        return Cell("")
    return Cell(_("Undo the merge"), url_for("desk_merging.ask_undo", merge_id=row.id))
