"""The articles that ask nothing, as a list of the desk."""

from typing import Any

from flask import url_for
from sqlalchemy import Row, func, select

from app.articles.models import Article, Edition, Section
from app.articles.searching import says
from app.articles.texts import shown_text
from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Table


def quiet_table(language: str) -> Table:
    """Return the list of the articles that do not ask, by headline."""
    headline = func.coalesce(
        select(Edition.headline)
        .where(Edition.article_id == Article.id)
        .order_by((Edition.language != language), Edition.id)
        .limit(1)
        .scalar_subquery(),
        Article.key,
    )
    section = shown_text(Section.name, language)

    def link(row: Row[Any]) -> Cell:
        address = url_for("desk_quiet.article_page", article_id=row.id, wanted="ask")
        return Cell(row.headline, address)

    return Table(
        name="no-ask-here",
        rows=select(Article.id, headline.label("headline"), section.label("section"))
        .join(Section, Section.id == Article.section_id)
        .where(Article.asks.is_(False)),
        key=Article.id,
        columns=(
            Column("headline", lambda: _("Article"), link, headline),
            Column("section", lambda: _("Section"), lambda row: row.section or "", section),
        ),
        order="headline",
        empty=lambda: _("Every article asks, but those of the sections above that do not."),
        search=lambda words: says([headline], words),
        search_title=lambda: _("Words of its headline"),
    )
