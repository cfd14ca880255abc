"""The picks as rows, to be taken along; on the page they stand in the order that is set."""

from sqlalchemy import func, select

from app.articles.models import Article, Edition, Pick
from app.core.languages import gettext as _
from app.desk.listing import Column, Table


def picks_table(language: str) -> Table:
    """Return the list of the picks, in their order."""
    headline = func.coalesce(
        select(Edition.headline)
        .where(Edition.article_id == Article.id)
        .order_by(Edition.language != language, Edition.id)
        .limit(1)
        .scalar_subquery(),
        Article.key,
    )
    return Table(
        name="picks",
        rows=select(Pick.position, Article.key, headline.label("headline")).join(
            Article, Article.id == Pick.article_id
        ),
        key=Article.id,
        columns=(
            Column(
                "place",
                lambda: _("Place"),
                lambda row: str(row.position),
                Pick.position,
                numeric=True,
            ),
            Column("article", lambda: _("Article"), lambda row: row.key, Article.key),
            Column(
                "headline",
                lambda: _("Headline"),
                lambda row: row.headline,
                headline,
            ),
        ),
        order="place",
        empty=lambda: _("Nothing is picked."),
        search=lambda words: (
            func.lower(headline).contains(words.lower(), autoescape=True)
            | Article.key.contains(words.lower(), autoescape=True)
        ),
        search_title=lambda: _("Words of its headline"),
    )
