"""The rows behind the morning's numbers: people by their public ids, without name or address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import ColumnElement, FromClause, Select, String, cast, select, union_all

from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Table
from app.desk.morning.reading import Asked
from app.memberships import flows, renewals
from app.memberships.flows import BY_HAND, CAME, CANCELLED, LAPSED, WAYS
from app.memberships.ledger import contains
from app.memberships.models import Entitlement
from app.people.models import Person
from app.people.staff_sessions import at_the_desk

PERSON = "desk_people.person"
NET = "net"
EMPTY = "empty"
KINDS = {
    "yearly": (renewals.YEAR,),
    "monthly": (renewals.MONTH,),
    "ending": (renewals.YEAR_ENDS, renewals.MONTH_ENDS),
    "elsewhere": (renewals.ELSEWHERE,),
}
"""What the weeks ahead tell apart, and which kinds of `renewals` that are."""


def way_words(way: str) -> str:
    """Return what a way is called."""
    words = {
        "joined": _("joined"),
        "reinstated": _("reinstated"),
        "cancelled": _("cancelled"),
        "lapsed": _("lapsed"),
    }
    return words.get(way, way)


def reason_words(way: str, reason: str) -> str:
    """Return why somebody came or left, as the ledger has it."""
    if way in {CANCELLED, LAPSED}:
        if reason == BY_HAND:
            return _("ended by hand")
        return _("asked to stop") if way == CANCELLED else _("ran out, or was paid back")
    words = {
        "paid": _("paid"),
        "redeemed": _("took up a gift"),
        "merged": _("two people were one"),
    }
    return _("from a file") if reason.startswith("import ") else words.get(reason, reason)


def person_cell(public_id: str) -> Cell:
    """Return a person's cell; it leads on for whoever may open their page."""
    view = current_app.view_functions.get(PERSON)
    may = view is not None and at_the_desk().may(getattr(view, "access", ""))
    return Cell(public_id, url_for(PERSON, public_id=public_id) if may else "")


def has_id(words: str) -> ColumnElement[bool]:
    """Return what rows meet of whoever has these signs in their id."""
    return Person.public_id.contains(words, autoescape=True)


def search_words() -> str:
    """Return what these lists are searched for: they show nothing else of people."""
    return _("A part of a person's id")


def moves_table(asked: Asked, way: str, stretch: tuple[datetime, datetime]) -> Table:
    """Return who came or left over a stretch, in one way or, as `net`, in every way."""
    spans = flows.spans_known(asked.known_at)
    ways = WAYS if way == NET else (way,)
    parts: list[Select[Any]] = []
    if set(ways) & set(CAME):
        parts.append(flows.came(spans, *stretch))
    if set(ways) - set(CAME):
        parts.append(flows.left(spans, *stretch))
    found = union_all(*parts).subquery("moved")
    rows = _people(found, found.c.moment, found.c.way, found.c.source, found.c.reason).where(
        found.c.way.in_(ways)
    )
    return Table(
        name=f"members-{way}",
        rows=rows,
        key=Person.public_id + cast(found.c.moment, String),
        columns=(
            *_person_and_moment(found),
            Column("way", lambda: _("What"), lambda row: way_words(row.way), found.c.way),
            _source(found),
            Column("reason", lambda: _("Why"), lambda row: reason_words(row.way, row.reason)),
        ),
        order="-moment",
        empty=lambda: _("Nobody, in these days."),
        search=has_id,
        search_title=search_words,
    )


def members_table(asked: Asked) -> Table:
    """Return who is a member at the moment asked about."""
    spans = flows.spans_known(asked.known_at)
    found = (
        select(
            spans.c.person_id,
            spans.c.starts_at.label("moment"),
            Entitlement.source,
        )
        .outerjoin(Entitlement, Entitlement.id == spans.c.begun_by_id)
        .where(contains(spans.c, asked.now))
        .subquery("members")
    )
    return Table(
        name="members",
        rows=_people(found, found.c.moment, found.c.source),
        key=Person.public_id,
        columns=(*_person_and_moment(found, lambda: _("Member since")), _source(found)),
        order="-moment",
        empty=lambda: _("Nobody is a member yet."),
        search=has_id,
        search_title=search_words,
    )


def due_table(asked: Asked, kind: str, week: tuple[datetime, datetime]) -> Table:
    """Return who must renew, or leaves, over `since < t <= until`."""
    found = renewals.rows_ahead(*week, asked.now).subquery("due")
    rows = _people(found, found.c.moment, found.c.kind, found.c.source)
    return Table(
        name=f"due-{kind}",
        rows=rows.where(found.c.kind.in_(KINDS[kind])),
        key=Person.public_id + cast(found.c.moment, String),
        columns=(*_person_and_moment(found, lambda: _("Due")), _source(found)),
        order="moment",
        empty=lambda: _("Nothing falls due then."),
        search=has_id,
        search_title=search_words,
    )


def _people(found: FromClause, *columns: Any) -> Select[Any]:  # noqa: ANN401 - columns
    return select(Person.public_id, *columns).join(found, found.c.person_id == Person.id)


def _person_and_moment(
    found: FromClause, title: Callable[[], str] = lambda: _("When")
) -> tuple[Column, Column]:
    return (
        Column("person", lambda: _("Person"), lambda row: person_cell(row.public_id)),
        Column("moment", title, lambda row: row.moment, found.c.moment),
    )


def _source(found: FromClause) -> Column:
    return Column("source", lambda: _("Source"), lambda row: row.source or "", found.c.source)
