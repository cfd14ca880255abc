"""Tiers as a list of the desk."""

from typing import Any

from flask import url_for
from sqlalchemy import Row, select

from app.articles.searching import says
from app.articles.texts import every_text, shown_text
from app.core.languages import gettext as _
from app.core.money import CURRENCIES, Money
from app.core.money_text import shown
from app.desk.listing import Cell, Column, Table
from app.memberships.joining.models import Tier


def tiers_table(language: str) -> Table:
    """Return the list of the tiers, in the newsroom's order."""
    name = shown_text(Tier.name, language)

    def least(row: Row[Any]) -> str:
        amounts = [
            shown(Money(minor, code), language)
            for code, minor in row.least.items()
            if code in CURRENCIES
        ]
        return ", ".join(amounts)

    def lines(row: Row[Any]) -> str:
        return str(len(row.benefits.get(language) or row.benefits.get("en") or ()))

    def link(row: Row[Any]) -> Cell:
        return Cell(row.said or row.key, url_for("desk_tiers.show", key=row.key))

    def place(row: Row[Any]) -> str:
        return str(row.position)

    return Table(
        name="tiers",
        rows=select(
            Tier.key, Tier.position, Tier.least, Tier.benefits, Tier.name, name.label("said")
        ),
        key=Tier.key,
        columns=(
            Column("place", lambda: _("Place"), place, Tier.position, numeric=True),
            Column("name", lambda: _("Name"), link, name),
            Column("least", lambda: _("From, a month"), least),
            Column("benefits", lambda: _("Lines of what comes with it"), lines, numeric=True),
            Column("languages", lambda: _("Languages"), lambda row: ", ".join(row.name)),
        ),
        order="place",
        empty=lambda: _(
            "There is no tier: on the page for joining all amounts are alike. "
            "Make one to give an amount a name and what comes with it."
        ),
        search=lambda words: says([*every_text(Tier.name), Tier.key], words),
        search_title=lambda: _("Name"),
    )
