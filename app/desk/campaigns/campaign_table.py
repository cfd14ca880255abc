"""Campaigns as a list of the desk."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row, select

from app.articles.searching import says
from app.articles.texts import every_text, shown_text
from app.core.languages import gettext as _
from app.desk.campaigns.campaign_words import state_words
from app.desk.listing import Cell, Column, Table
from app.goal import campaigning
from app.goal.models import Campaign

MARKS = {campaigning.RUNNING: "ok", campaigning.REACHED: "ok", campaigning.WAITING: "pend"}


def campaigns_table(language: str, now: datetime) -> Table:
    """Return the list of all campaigns, the newest first."""
    name = shown_text(Campaign.name, language)

    def link(row: Row[Any]) -> Cell:
        one: Campaign = row.Campaign
        return Cell(row.said or one.key, url_for("desk_campaigns.show", campaign_id=one.id))

    def state(row: Row[Any]) -> Cell:
        found = campaigning.state_of(row.Campaign, now)
        return Cell(state_words(found), mark=MARKS.get(found, ""))

    return Table(
        name="campaigns",
        rows=select(Campaign, name.label("said")),
        key=Campaign.id,
        columns=(
            Column("name", lambda: _("Name"), link, name),
            Column("state", lambda: _("State"), state),
            Column(
                "goal",
                lambda: _("Goal"),
                lambda row: f"{row.Campaign.goal:,}",
                Campaign.goal,
                numeric=True,
            ),
            Column(
                "starts_at",
                lambda: _("Begins"),
                lambda row: row.Campaign.starts_at,
                Campaign.starts_at,
            ),
            Column(
                "ends_at",
                lambda: _("Ends"),
                lambda row: row.Campaign.ends_at or _("no end"),
                Campaign.ends_at,
            ),
            Column(
                "reached_at",
                lambda: _("Reached"),
                lambda row: row.Campaign.reached_at,
                Campaign.reached_at,
            ),
        ),
        order="-starts_at",
        empty=lambda: _(
            "There is no campaign, so readers are asked nothing. Make a draft: "
            "nobody sees it until you start it."
        ),
        search=lambda words: says([*every_text(Campaign.name), Campaign.key], words),
        search_title=lambda: _("Name"),
    )
