"""The list of newsletters."""

from typing import Any

from flask import url_for
from sqlalchemy import Row, func, select

from app.articles.searching import says
from app.articles.texts import every_text
from app.core.answering import page_language
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.desk.listing import Cell, Column, Filter, Table
from app.newsletters.models import Newsletter, Subscription


def newsletters() -> Table:
    """Return every list with how it stands."""
    one = Newsletter
    counts = {state: _count(state) for state in ("pending", "confirmed")}
    counts["left"] = _count("unsubscribed", "bounced", "complained")
    wanted: tuple[Any, ...] = (
        one.id,
        one.slug,
        one.name,
        one.cadence,
        one.language,
        one.open,
        one.listed,
        one.members_only,
        one.position,
        *(count.label(name) for name, count in counts.items()),
    )
    titles = {
        "confirmed": lambda: _("Confirmed"),
        "pending": lambda: _("Waiting"),
        "left": lambda: _("Left"),
    }
    return Table(
        name="newsletters",
        rows=select(*wanted),
        key=one.id,
        columns=(
            Column(
                "position",
                lambda: _("Order"),
                lambda row: str(row.position),
                one.position,
                numeric=True,
            ),
            Column(
                "name",
                lambda: _("Newsletter"),
                lambda row: Cell(
                    in_language(row.name, page_language()),
                    url_for("desk_lists.show", slug=row.slug),
                ),
                one.slug,
            ),
            Column(
                "cadence",
                lambda: _("How often"),
                lambda row: in_language(row.cadence, page_language()),
            ),
            Column(
                "language", lambda: _("Language"), lambda row: LANGUAGES[row.language], one.language
            ),
            Column("state", lambda: _("State"), _list_state, one.open),
            *(
                Column(
                    name,
                    titles[name],
                    lambda row, name=name: f"{getattr(row, name):,}",  # type: ignore[misc] # bound here
                    counts[name],
                    numeric=True,
                )
                for name in ("confirmed", "pending", "left")
            ),
        ),
        order="position",
        empty=lambda: _("There is no newsletter yet. Make the first one."),
        search=lambda words: says([*every_text(one.name), one.slug], words),
        search_title=lambda: _("Words of the name, or part of the address"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("all")), ("open", _("open")), ("closed", _("closed"))),
                lambda value: one.open.is_(value == "open"),
            ),
        ),
    )


def _count(*states: str) -> Any:  # noqa: ANN401 - a scalar subquery
    return (
        select(func.count())
        .where(Subscription.newsletter_id == Newsletter.id, Subscription.state.in_(states))
        .correlate(Newsletter)
        .scalar_subquery()
    )


def _list_state(row: Row[Any]) -> Cell:
    if not row.open:
        return Cell(_("closed"), mark="err")
    if not row.listed:
        return Cell(_("open, not listed"), mark="pend")
    return Cell(_("open, for members") if row.members_only else _("open"), mark="ok")
