"""The lists behind what needs somebody."""

from typing import Any

from flask import url_for
from sqlalchemy import Row, String, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.core import parking
from app.core.answering import page_language
from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import shown
from app.core.orm import table_of
from app.desk.house.dns_words import FINDINGS
from app.desk.house.watching import is_failing
from app.desk.links import PERSON, opened
from app.desk.listing import Cell, Column, Filter, Table
from app.mail.asking_dns import ADVICE, FOUND, MISSING
from app.mail.dns_watching import DnsFinding
from app.memberships.money_models import Membership
from app.payments.models import Reconciliation
from app.people.models import Person


def failing_table() -> Table:
    """Return the memberships that cannot be charged."""
    rows = (
        select(
            Membership.id,
            Membership.amount_minor,
            Membership.currency,
            Membership.interval,
            Membership.started_at,
            Membership.failing_since,
            Membership.next_attempt_at,
            Person.public_id,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(is_failing())
    )
    return Table(
        name="failing-memberships",
        rows=rows,
        key=Membership.id,
        columns=(
            Column("membership", lambda: _("Membership"), _of_membership, Membership.id),
            Column("amount", lambda: _("Amount"), _amount, Membership.amount_minor, numeric=True),
            Column(
                "since",
                lambda: _("Failing since"),
                lambda row: row.failing_since,
                Membership.failing_since,
            ),
            Column(
                "next",
                lambda: _("Tried again"),
                lambda row: row.next_attempt_at or _("not any more"),
                Membership.next_attempt_at,
            ),
            Column(
                "joined",
                lambda: _("Member since"),
                lambda row: row.started_at,
                Membership.started_at,
            ),
        ),
        order="since",
        empty=lambda: _("Every membership could be charged."),
        search=lambda words: or_(
            cast(Membership.id, String) == words,
            Membership.subscription_id.contains(words, autoescape=True),
        ),
        search_title=lambda: _("Number of the membership, or Stripe's id of it"),
    )


def _of_membership(row: Row[Any]) -> Cell:
    words = _("Membership %(number)s", number=row.id)
    return Cell(words, url_for(PERSON, public_id=row.public_id) if opened(PERSON) else "")


def _amount(row: Row[Any]) -> str:
    return shown(Money(row.amount_minor, row.currency), page_language())


def drift_table(session: Session) -> Table:
    """Return the differences that the latest comparison found."""
    latest = (
        select(Reconciliation.found)
        .where(Reconciliation.finished_at.is_not(None))
        .order_by(Reconciliation.finished_at.desc(), Reconciliation.id.desc())
        .limit(1)
    )
    found = session.scalar(latest) or [{"kind": "", "id": "", "what": ""}]
    each = [
        select(
            literal(place).label("place"),
            literal(one["kind"]).label("kind"),
            literal(one["id"]).label("ref"),
            literal(one["what"]).label("what"),
        )
        for place, one in enumerate(found)
    ]
    lines = union_all(*each).subquery("differences")
    return Table(
        name="drift",
        rows=select(lines).where(lines.c.kind != ""),
        key=lines.c.place,
        columns=(
            Column("kind", lambda: _("What"), lambda row: row.kind, lines.c.kind),
            Column("id", lambda: _("Stripe's id"), lambda row: row.ref, lines.c.ref),
            Column("difference", lambda: _("Difference"), lambda row: row.what, lines.c.what),
        ),
        order="kind",
        empty=lambda: _("Nothing differs: what we have is what Stripe has."),
        search=lambda words: lines.c.ref.contains(words, autoescape=True),
        search_title=lambda: _("Stripe's id"),
    )


def dns_table() -> Table:
    """Return what the latest check of DNS found."""
    table = table_of(DnsFinding).c
    return Table(
        name="dns",
        rows=select(*table),
        key=table.id,
        columns=(
            Column("topic", lambda: _("Topic"), lambda row: row.topic, table.topic),
            Column("state", lambda: _("State"), _dns_state, table.state),
            Column("finding", lambda: _("Finding"), lambda row: FINDINGS.told(row.sentence)),
            Column("record", lambda: _("Record to add or change"), lambda row: row.record),
        ),
        order="state",
        empty=lambda: _("Nothing was checked yet: check it now, or wait for the night."),
        search=lambda words: or_(
            *(
                func.lower(one).contains(words.lower(), autoescape=True)
                for one in (table.topic, table.sentence, table.record)
            )
        ),
        search_title=lambda: _("Words of the finding or the record"),
    )


def _dns_state(row: Row[Any]) -> Cell:
    if row.state == FOUND:
        return Cell(_("well"), mark="ok")
    if row.state == ADVICE:
        return Cell(_("could be better"), mark="pend")
    return Cell(_("missing") if row.state == MISSING else _("wrong"), mark="err")


def parked_table() -> Table:
    """Return all work that was set aside, of every table."""
    each = [
        select(
            literal(name).label("name"),
            table.c.id.label("id"),
            table.c.attempts.label("attempts"),
            table.c.parked_at.label("parked_at"),
            func.coalesce(table.c.last_error, "").label("last_error"),
        ).where(table.c.parked_at.is_not(null()), table.c.done_at.is_(null()))
        for name, table in parking.leased_tables().items()
    ]
    rows = union_all(*each).subquery("aside")
    key = rows.c.name.concat(":").concat(cast(rows.c.id, String))
    return Table(
        name="parked",
        rows=select(rows),
        key=key,
        columns=(
            Column("work", lambda: _("Work"), _work, rows.c.name),
            Column(
                "since",
                lambda: _("Set aside"),
                lambda row: row.parked_at,
                rows.c.parked_at,
            ),
            Column(
                "tries",
                lambda: _("Tries"),
                lambda row: str(row.attempts),
                rows.c.attempts,
                numeric=True,
            ),
            Column("error", lambda: _("Last error"), lambda row: row.last_error[:160]),
        ),
        order="-since",
        empty=lambda: _("Nothing was set aside: all work is done, or will be."),
        search=lambda words: rows.c.last_error.contains(words, autoescape=True),
        search_title=lambda: _("Words of the error"),
        filters=(
            Filter(
                "table",
                lambda: _("Table"),
                (("", _("All")), *((name, name) for name in parking.leased_tables())),
                lambda name: rows.c.name == name,
            ),
        ),
    )


def _work(row: Row[Any]) -> Cell:
    url = url_for("desk_parked.look", table=row.name, row_id=row.id)
    return Cell(f"{row.name} {row.id}", url)
