"""The lines of the feed as a list of the desk."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, and_, select

from app.articles.models import FeedItem
from app.articles.searching import says
from app.articles.texts import every_text, shown_text
from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Filter, Table

SHOWN, WAITING, WITHDRAWN = "shown", "waiting", "withdrawn"


def feed_table(language: str, now: datetime) -> Table:
    """Return the list of the feed's lines, the newest first."""
    headline = shown_text(FeedItem.headline, language)
    texts = [*every_text(FeedItem.headline), *every_text(FeedItem.body)]

    def state(row: Row[Any]) -> str:
        if row.withdrawn_at is not None:
            return WITHDRAWN
        return WAITING if row.published_at > now else SHOWN

    return Table(
        name="feed",
        rows=select(
            FeedItem.id,
            FeedItem.headline,
            headline.label("said"),
            FeedItem.published_at,
            FeedItem.withdrawn_at,
        ),
        key=FeedItem.id,
        columns=(
            Column(
                "headline",
                lambda: _("Headline"),
                lambda row: Cell(row.said or "", url_for("desk_feed.show", line_id=row.id)),
                headline,
            ),
            Column(
                "time",
                lambda: _("Time"),
                lambda row: row.published_at,
                FeedItem.published_at,
            ),
            Column("languages", lambda: _("Languages"), lambda row: ", ".join(row.headline)),
            Column("state", lambda: _("State"), lambda row: state_cell(state(row))),
        ),
        order="-time",
        empty=lambda: _("There is no line yet. Write the first one above and press Enter."),
        search=lambda words: says(texts, words),
        search_title=lambda: _("Words of the line"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("All")), *((one, state_words(one)) for one in (SHOWN, WAITING, WITHDRAWN))),
                lambda value: _is(value, now),
            ),
        ),
    )


def state_words(state: str) -> str:
    """Return what a state is called."""
    return {SHOWN: _("in the feed"), WAITING: _("waits"), WITHDRAWN: _("withdrawn")}[state]


def state_cell(state: str) -> Cell:
    """Return the cell that shows a state."""
    mark = {SHOWN: "ok", WAITING: "pend"}.get(state, "")
    return Cell(state_words(state), mark=mark)


def _is(state: str, now: datetime) -> ColumnElement[bool]:
    if state == WITHDRAWN:
        return FeedItem.withdrawn_at.is_not(None)
    later = FeedItem.published_at > now
    return and_(FeedItem.withdrawn_at.is_(None), later if state == WAITING else ~later)
