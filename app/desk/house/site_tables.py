"""Other sites that may carry our forms, as a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row, func, select

from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Filter, Table
from app.newsletters.embeds.models import EmbedOrigin, EmbedSite


def site_table(lists: Mapping[int, str]) -> Table:
    """Return every site.

    Args:
        lists: What newsletters are called, by their ids.
    """
    origins = (
        select(
            EmbedOrigin.site_id,
            func.aggregate_strings(EmbedOrigin.origin, ", ").label("origins"),
        )
        .group_by(EmbedOrigin.site_id)
        .subquery("origins")
    )
    rows = select(
        EmbedSite.id, EmbedSite.name, EmbedSite.lists, EmbedSite.enabled, origins.c.origins
    ).outerjoin(origins, origins.c.site_id == EmbedSite.id)
    return Table(
        name="sites",
        rows=rows,
        key=EmbedSite.id,
        columns=(
            Column("site", lambda: _("Site"), _site, EmbedSite.name),
            Column("addresses", lambda: _("Addresses"), lambda row: row.origins or ""),
            Column("offers", lambda: _("May offer"), lambda row: _offers(row, lists)),
            Column("state", lambda: _("State"), _state, EmbedSite.enabled),
        ),
        order="site",
        empty=lambda: _("No other site carries our forms: allow the first."),
        search=lambda words: (
            EmbedSite.name.contains(words.lower(), autoescape=True)
            | func.coalesce(origins.c.origins, "").contains(words.lower(), autoescape=True)
        ),
        search_title=lambda: _("Name or address"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("All")), ("open", _("may post")), ("closed", _("closed"))),
                lambda state: EmbedSite.enabled.is_(state == "open"),
            ),
        ),
    )


def _site(row: Row[Any]) -> Cell:
    return Cell(row.name, url_for("desk_sites.site", name=row.name))


def _offers(row: Row[Any], lists: Mapping[int, str]) -> str:
    return ", ".join(lists[one] for one in row.lists if one in lists) or _("every open newsletter")


def _state(row: Row[Any]) -> Cell:
    return Cell(_("may post"), mark="ok") if row.enabled else Cell(_("closed"), mark="pend")
