"""The lists around imports: past ones, what could not be taken, and who would become what."""

import json
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, func, select

from app.core.answering import page_language, the_settings
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.desk.imports import words as import_words
from app.desk.imports.reasons import REASONS
from app.desk.listing import Cell, Column, Table
from app.mail.models import Suppression
from app.newsletters.imports.applying import fate_of
from app.newsletters.imports.models import (
    SubscriberImport,
    SubscriberImportProblem,
    SubscriberImportRow,
)
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress

HASH_DIGITS = 12


def past_imports() -> Table:
    """Return every import of subscribers, those of commands too."""
    one = SubscriberImport
    words = import_words.states()
    return Table(
        name="imports",
        rows=select(one.id, one),
        key=one.id,
        columns=(
            Column(
                "file",
                lambda: _("File"),
                lambda row: Cell(
                    row.SubscriberImport.file_name, url_for("desk_imports.show", number=row.id)
                ),
                one.file_name,
            ),
            Column(
                "state",
                lambda: _("State"),
                lambda row: shown_state(row.SubscriberImport.state, words),
            ),
            Column(
                "started",
                lambda: _("Begun"),
                lambda row: row.SubscriberImport.started_at,
                one.started_at,
            ),
            Column(
                "who",
                lambda: _("By whom"),
                lambda row: row.SubscriberImport.done_by or row.SubscriberImport.brought_by or "",
                func.coalesce(one.done_by, one.brought_by, ""),
            ),
            number("records", lambda: _("Rows"), one.records),
            Column(
                "not-taken",
                lambda: _("Not taken"),
                lambda row: f"{row.SubscriberImport.problems + row.SubscriberImport.repeated:,}",
                one.problems + one.repeated,
                numeric=True,
            ),
            Column(
                "subscribed",
                lambda: _("Subscribed"),
                lambda row: _counted(row.SubscriberImport.effect),
                numeric=True,
            ),
            Column(
                "hash",
                lambda: _("Hash of the file"),
                lambda row: row.SubscriberImport.file_hash[:HASH_DIGITS],
            ),
        ),
        order="-started",
        empty=lambda: _(
            "No file has been brought in yet. Bring the file that your present system exports: "
            "nothing happens before you have seen what would."
        ),
        search=lambda words: (
            one.file_name.icontains(words, autoescape=True)
            | one.file_hash.startswith(words, autoescape=True)
        ),
        search_title=lambda: _("Name or hash of the file"),
    )


def problems(import_id: int) -> Table:
    """Return what could not be taken of a file, line by line."""
    one = SubscriberImportProblem
    return Table(
        name=f"import-{import_id}-not-taken",
        rows=select(one.id, one.line, one.part, one.reason, one.cells).where(
            one.import_id == import_id
        ),
        key=one.id,
        columns=(
            Column("line", lambda: _("Line"), lambda row: str(row.line), one.line, numeric=True),
            Column("table", lambda: _("Table"), lambda row: row.part, one.part),
            Column("reason", lambda: _("Why"), lambda row: REASONS.told(row.reason), one.reason),
            Column("cells", lambda: _("What stood there"), _cells),
        ),
        order="line",
        empty=lambda: _("Every row of the file could be taken."),
        search=lambda words: (
            one.reason.icontains(words, autoescape=True)
            | one.cells.icontains(words, autoescape=True)
        ),
        search_title=lambda: _("Reason, or what stood in the row"),
        personal=True,
    )


def fates(import_id: int, seen_at: datetime) -> Table:
    """Return who would become what: the rows that wait, each beside what is known here."""
    one = SubscriberImportRow
    words, marks, states = (
        import_words.fates(),
        import_words.marks(),
        import_words.subscription_states(),
    )
    wanted: tuple[Any, ...] = (
        one.id,
        one.line,
        one.address,
        one.state,
        one.ended_at,
        Newsletter.name.label("list_name"),
        Subscription.state.label("here"),
        Subscription.asked_at,
        Subscription.confirmed_at.label("here_since"),
        Suppression.reason.label("suppressed"),
    )

    def fate(row: Row[Any]) -> Cell:
        found = fate_of(row, seen_at)
        return Cell(words[found], mark=marks[found])

    return Table(
        name=f"import-{import_id}-rows",
        rows=select(*wanted)
        .outerjoin(EmailAddress, EmailAddress.key == one.address_key)
        .outerjoin(
            Subscription,
            (Subscription.person_id == EmailAddress.person_id)
            & (Subscription.newsletter_id == one.newsletter_id),
        )
        .outerjoin(Suppression, Suppression.address_hash == one.address_hash)
        .join(Newsletter, Newsletter.id == one.newsletter_id)
        .where(one.import_id == import_id),
        key=one.id,
        columns=(
            Column("line", lambda: _("Line"), lambda row: str(row.line), one.line, numeric=True),
            Column("email", lambda: _("Address"), lambda row: row.address, one.address_key),
            Column(
                "list",
                lambda: _("List"),
                lambda row: in_language(row.list_name, page_language()),
                Newsletter.position,
            ),
            Column("there", lambda: _("There"), lambda row: states[row.state], one.state),
            Column("becomes", lambda: _("What becomes of it"), fate),
        ),
        order="line",
        empty=lambda: _("No row waits any more."),
        search=lambda words: _begins(one.address_key, words),
        search_title=lambda: _("Address"),
        personal=True,
    )


def _begins(column: Any, words: str) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    found: ColumnElement[bool] = column.startswith(words.casefold(), autoescape=True)
    return found


def shown_state(state: str, words: dict[str, str]) -> Cell:
    """Return how far an import is, set off."""
    return Cell(words[state], mark=import_words.STATE_MARKS.get(state, ""))


def number(name: str, title: Any, column: Any) -> Column:  # noqa: ANN401 - words, and a column
    """Return a column of figures, those of the row's entity."""
    return Column(
        name, title, lambda row: f"{getattr(tuple(row)[1], column.key):,}", column, numeric=True
    )


def _counted(effect: dict[str, int]) -> str:
    return f"{effect.get('new', 0) + effect.get('waited', 0):,}"


def _cells(row: Row[Any]) -> str:
    return " · ".join(one for one in json.loads(row.cells) if one)[:300]


def zone_name() -> str:
    """Return the newsroom's zone, in which times without an offset are meant."""
    return the_settings().time_zone.key
