"""The rows behind money, the funnel, and what pages and asks brought."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Row

from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Rows, Table
from app.desk.morning.reading import Asked
from app.desk.morning.tables import has_id, person_cell, search_words
from app.desk.morning.voice import Voice
from app.goal import attribution
from app.goal.attribution import Brought, Stretch
from app.memberships import value
from app.memberships.joining.models import PAID, Intent
from app.memberships.money_models import Membership, Payment
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.models import Newsletter
from app.people.models import Person

JOINS = "desk_morning_rows.joins"


def recurring_table(voice: Voice, currency: str) -> Table:
    """Return the memberships whose value is counted."""
    rows = (
        select(Membership, Person.public_id)
        .join(Person, Person.id == Membership.person_id)
        .where(value.GOES_ON, Membership.currency == currency)
    )
    return Table(
        name=f"value-{currency}",
        rows=rows,
        key=Membership.id,
        columns=(
            Column("person", lambda: _("Person"), lambda row: person_cell(row.public_id)),
            Column(
                "amount",
                lambda: _("Amount"),
                lambda row: voice.money(row.Membership.amount_minor, currency),
                Membership.amount_minor,
                numeric=True,
            ),
            Column(
                "interval",
                lambda: _("How often"),
                lambda row: _("a year") if row.Membership.interval == "year" else _("a month"),
                Membership.interval,
            ),
            Column(
                "since",
                lambda: _("Since"),
                lambda row: row.Membership.started_at,
                Membership.started_at,
            ),
        ),
        order="-since",
        empty=lambda: _("No membership goes on in this currency."),
        search=has_id,
        search_title=search_words,
    )


def payments_table(
    voice: Voice, name: str, where: tuple[ColumnElement[bool], ...], *, single: bool
) -> Table:
    """Return payments; `single` are those of single gifts alone."""
    rows: Rows = (
        select(Payment, Person.public_id).join(Person, Person.id == Payment.person_id).where(*where)
    )
    if single:
        rows = rows.join(Intent, Intent.id == Payment.intent_id).where(value.IS_GIFT)
    return Table(
        name=name,
        rows=rows,
        key=Payment.id,
        columns=(
            Column("person", lambda: _("Person"), lambda row: person_cell(row.public_id)),
            Column(
                "moment",
                lambda: _("When"),
                lambda row: row.Payment.paid_at,
                Payment.paid_at,
            ),
            _money(voice, "amount_minor", lambda: _("Amount")),
            _money(voice, "refunded_minor", lambda: _("Went back")),
        ),
        order="-moment",
        empty=lambda: _("No money came then."),
        search=has_id,
        search_title=search_words,
    )


def _money(voice: Voice, name: str, title: Any) -> Column:  # noqa: ANN401 - a sentence
    def show(row: Row[Any]) -> str:
        return voice.money(getattr(row.Payment, name), row.Payment.currency)

    return Column(name.removesuffix("_minor"), title, show, getattr(Payment, name), numeric=True)


def gifts_where(asked: Asked, stretch: Stretch, currency: str) -> tuple[ColumnElement[bool], ...]:
    """Return what the gifts meet that are counted in a currency."""
    return (*value.counted_gifts(stretch.since, asked.now), Payment.currency == currency)


def received_where(
    week: tuple[datetime, datetime], currency: str
) -> tuple[ColumnElement[bool], ...]:
    """Return what the payments of a week meet."""
    return (*value.counted_payments(*week), Payment.currency == currency)


def joins_table(stretch: Stretch, by: str, name: str) -> Table:
    """Return who set out to join from a page, or by an ask."""
    column = Intent.from_path if by == "page" else Intent.ask_key
    rows = (
        attribution.joins(stretch)
        .with_only_columns(Intent, Person.public_id)
        .outerjoin(Person, Person.id == Intent.person_id)
        .where(func.coalesce(column, "") == name)
    )
    return Table(
        name="joins",
        rows=rows,
        key=Intent.id,
        columns=(
            Column("person", lambda: _("Person"), lambda row: _known(row.public_id)),
            Column(
                "moment",
                lambda: _("When"),
                lambda row: row.Intent.created_at,
                Intent.created_at,
            ),
            Column(
                "paid",
                lambda: _("Paid"),
                lambda row: Cell(_("paid"), mark="ok") if row.Intent.state == PAID else _("no"),
                Intent.state,
            ),
            Column("page", lambda: _("Page"), lambda row: row.Intent.from_path or "", column),
            Column("ask", lambda: _("Ask"), lambda row: row.Intent.ask_key or ""),
        ),
        order="-moment",
        empty=lambda: _("Nobody set out to join from there."),
        search=has_id,
        search_title=search_words,
    )


def _known(public_id: str | None) -> Cell:
    return person_cell(public_id) if public_id else Cell(_("not known"))


def bringers_table(voice: Voice, stretch: Stretch, by: str, at: str) -> Table:
    """Return what every page, or every ask, brought."""
    rows = attribution.by_page(stretch) if by == "page" else attribution.by_ask(stretch)
    found = rows.subquery("brought")

    def number(name: str, title: Any) -> Column:  # noqa: ANN401 - a sentence
        def show(row: Row[Any]) -> Cell:
            leads = name in {"begun", "members"} and getattr(row, name)
            href = url_for(JOINS, by=by, name=row.name, at=at or None) if leads else ""
            return Cell(voice.number(getattr(row, name)), href)

        return Column(name, title, show, found.c[name], numeric=True)

    numbers = [
        number("begun", lambda: _("Set out to join")),
        number("members", lambda: _("Became members")),
        _interval("95", lambda one: voice.reach(one.members_interval), found.c.members),
        number("still", lambda: _("Members still")),
    ]
    if by == "page":
        numbers += [
            number("seen", lambda: _("Form seen")),
            number("asked", lambda: _("Asked for a list")),
            number("confirmed", lambda: _("Confirmed")),
        ]
    title = (lambda: _("Page")) if by == "page" else (lambda: _("Ask"))
    return Table(
        name=f"brought-by-{by}",
        rows=select(found),
        key=found.c.name,
        columns=(
            Column("name", title, lambda row: row.name or _("not known"), found.c.name),
            *numbers,
        ),
        order="-members",
        empty=lambda: _("Nothing came from anywhere yet."),
        search=lambda words: found.c.name.contains(words, autoescape=True),
        search_title=lambda: _("A part of its name"),
    )


def _interval(name: str, shown: Any, sort: Any) -> Column:  # noqa: ANN401 - as above
    def show(row: Row[Any]) -> str:
        return str(shown(Brought(members=row.members)))

    return Column(name, lambda: _("Interval"), show, sort, numeric=True)


def funnel_table(voice: Voice, stretch: Stretch, slug: str) -> Table:
    """Return the funnel of a list by the page and the form that people came from."""
    names = ("seen", "asked", "accepted", "confirmed", "unsubscribed")
    sums = [func.sum(getattr(FunnelDay, name)).label(name) for name in names]
    found = (
        select(FunnelDay.from_path, FunnelDay.form, *sums)
        .join(Newsletter, Newsletter.id == FunnelDay.newsletter_id)
        .where(
            Newsletter.slug == slug,
            FunnelDay.day >= stretch.first,
            FunnelDay.day <= stretch.last,
        )
        .group_by(FunnelDay.from_path, FunnelDay.form)
        .subquery("funnel")
    )

    def number(name: str, title: Any) -> Column:  # noqa: ANN401 - a sentence
        def show(row: Row[Any]) -> str:
            return voice.number(int(getattr(row, name)))

        return Column(name, title, show, found.c[name], numeric=True)

    return Table(
        name=f"funnel-{slug}",
        rows=select(found),
        key=found.c.from_path + found.c.form,
        columns=(
            Column(
                "from_path",
                lambda: _("Page"),
                lambda row: row.from_path or _("not known"),
                found.c.from_path,
            ),
            Column("form", lambda: _("Form"), lambda row: row.form, found.c.form),
            number("seen", lambda: _("Form seen")),
            number("asked", lambda: _("Asked for a list")),
            number("accepted", lambda: _("Written to")),
            number("confirmed", lambda: _("Confirmed")),
            number("unsubscribed", lambda: _("Left")),
        ),
        order="-confirmed",
        empty=lambda: _("Nobody has seen a form of this list yet, or asked for it."),
        search=lambda words: found.c.from_path.contains(words, autoescape=True),
        search_title=lambda: _("A part of the page's address"),
    )
