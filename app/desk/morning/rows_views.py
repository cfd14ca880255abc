"""The rows behind the morning's numbers, as lists."""

from datetime import date, datetime, timedelta

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.core.answering import page_language
from app.core.days import beginning_of
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.list_pages import list_page
from app.desk.listing import Table
from app.desk.morning import more_tables as more
from app.desk.morning import tables
from app.desk.morning.asked import asked_or_missing, read_stretch
from app.desk.morning.reading import WEEKS_AHEAD, Asked, weeks_ahead
from app.desk.morning.voice import Voice
from app.goal.forecast import PACE_DAYS
from app.memberships.flows import WAYS
from app.memberships.standing import GRACE

bp = Blueprint("desk_morning_rows", __name__)

PAGE, ASK = "page", "ask"
INSTANT = timedelta(microseconds=1)
A_WEEK = timedelta(days=7)


@localized(bp, "/desk/morning/members/")
@access("staff")
def members() -> ResponseReturnValue:
    """Show who is a member."""
    asked = asked_or_missing()
    return _page(asked, _("Members"), tables.members_table(asked))


@localized(bp, "/desk/morning/moves/<way>/")
@access("staff")
def moves(way: str) -> ResponseReturnValue:
    """Show who came or left in one way, or in all."""
    if way not in {*WAYS, tables.NET}:
        abort(404)
    asked = asked_or_missing()
    stretch = read_stretch(asked)
    title = {
        "joined": _("Who joined"),
        "reinstated": _("Who came back"),
        "cancelled": _("Who cancelled"),
        "lapsed": _("Whose membership lapsed"),
        tables.NET: _("Who came and who left"),
    }[way]
    return _page(asked, title, tables.moves_table(asked, way, stretch), stretch)


@localized(bp, "/desk/morning/due/<kind>/")
@access("staff")
def due(kind: str) -> ResponseReturnValue:
    """Show what falls due in a week ahead, or is late already."""
    asked = asked_or_missing()
    if kind not in tables.KINDS or asked.is_past:
        abort(404)
    since, until = _week_ahead(asked, request.args.get("week", ""))
    table = tables.due_table(asked, kind, (since - INSTANT, until - INSTANT))
    return _page(asked, _("What falls due"), table, (since, until - INSTANT))


def _week_ahead(asked: Asked, week: str) -> tuple[datetime, datetime]:
    bounds = weeks_ahead(asked)
    if week == "late":
        return asked.now - GRACE, bounds[0]
    names = [f"{bound.astimezone(asked.zone):%Y-%m-%d}" for bound in bounds[:WEEKS_AHEAD]]
    if week not in names:
        abort(404)
    place = names.index(week)
    return bounds[place], bounds[place + 1]


@localized(bp, "/desk/morning/value/<currency>/")
@access("membership")
def value(currency: str) -> ResponseReturnValue:
    """Show the memberships that the recurring value is made of."""
    asked = asked_or_missing()
    if asked.is_past:
        abort(404)
    title = _("Recurring value in %(currency)s", currency=currency)
    return _page(asked, title, more.recurring_table(_voice(asked), currency))


@localized(bp, "/desk/morning/gifts/<currency>/")
@access("membership")
def gifts(currency: str) -> ResponseReturnValue:
    """Show the single gifts of 28 days."""
    asked = asked_or_missing()
    stretch = asked.days(PACE_DAYS)
    where = more.gifts_where(asked, stretch, currency)
    table = more.payments_table(_voice(asked), f"gifts-{currency}", where, single=True)
    title = _("Single gifts in %(currency)s", currency=currency)
    return _page(asked, title, table, (stretch.since, stretch.until))


@localized(bp, "/desk/morning/received/<currency>/")
@access("membership")
def received(currency: str) -> ResponseReturnValue:
    """Show the payments of a week."""
    asked = asked_or_missing()
    try:
        first = date.fromisoformat(request.args.get("week", ""))
        week = beginning_of(first, asked.zone), beginning_of(first + A_WEEK, asked.zone)
    except (ValueError, OverflowError):
        abort(404)
    where = more.received_where(week, currency)
    table = more.payments_table(_voice(asked), f"received-{currency}", where, single=False)
    title = _("Received in %(currency)s", currency=currency)
    return _page(asked, title, table, (week[0], week[1] - INSTANT))


@localized(bp, "/desk/morning/funnel/<slug>/")
@access("staff")
def funnel(slug: str) -> ResponseReturnValue:
    """Show where those come from who ask for a list."""
    asked = asked_or_missing()
    stretch = asked.days(PACE_DAYS)
    table = more.funnel_table(_voice(asked), stretch, slug)
    return _page(asked, _("Sign-ups by page"), table, (stretch.since, stretch.until))


@localized(bp, "/desk/morning/brought/<by>/")
@access("staff")
def brought(by: str) -> ResponseReturnValue:
    """Show what every page, or every ask, brought."""
    if by not in {PAGE, ASK}:
        abort(404)
    asked = asked_or_missing()
    stretch = asked.days(PACE_DAYS)
    title = _("What pages brought") if by == PAGE else _("What asks brought")
    table = more.bringers_table(_voice(asked), stretch, by, request.args.get("at", ""))
    return _page(asked, title, table, (stretch.since, stretch.until))


@localized(bp, "/desk/morning/joins/<by>/")
@access("staff")
def joins(by: str) -> ResponseReturnValue:
    """Show who set out to join from a page, or by an ask."""
    if by not in {PAGE, ASK}:
        abort(404)
    asked = asked_or_missing()
    stretch, name = asked.days(PACE_DAYS), request.args.get("name", "")
    title = _("Joining from %(name)s", name=name or _("not known"))
    table = more.joins_table(stretch, by, name)
    return _page(asked, title, table, (stretch.since, stretch.until))


def _voice(asked: Asked) -> Voice:
    return Voice(page_language(), asked.zone)


def _page(
    asked: Asked, title: str, table: Table, stretch: tuple[datetime, datetime] | None = None
) -> ResponseReturnValue:
    voice = _voice(asked)
    between = None if stretch is None else [voice.minute(one) for one in stretch]
    return list_page(
        "desk/morning/morning_rows.html", title, table, asked=asked, voice=voice, between=between
    )
