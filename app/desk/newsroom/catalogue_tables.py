"""Sections, authors and tags as lists of the desk."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import Row, ScalarSelect, func, select

from app.articles.cataloguing import AUTHOR, KINDS, SECTION, TAG
from app.articles.models import Article, ArticleAuthor, ArticleTag, Author, Section, Tag
from app.articles.searching import says
from app.articles.texts import every_text, shown_text
from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Rows, Table


class Words(NamedTuple):
    """What a kind is called on its pages; each is asked for in the language of a page."""

    many: Callable[[], str]
    new: Callable[[], str]
    one: Callable[[], str]
    empty: Callable[[], str]
    address: str


WORDS = {
    SECTION: Words(
        lambda: _("Sections"),
        lambda: _("New section"),
        lambda: _("A section"),
        lambda: _("There is no section yet, and every article needs one: make the first."),
        "/",
    ),
    AUTHOR: Words(
        lambda: _("Authors"),
        lambda: _("New author"),
        lambda: _("An author"),
        lambda: _("There is no author yet: make the first, and articles can carry their name."),
        "/author/",
    ),
    TAG: Words(
        lambda: _("Tags"),
        lambda: _("New tag"),
        lambda: _("A tag"),
        lambda: _("There is no tag yet. One is worth making when a second article needs it."),
        "/tag/",
    ),
}


def entries_table(kind: str, language: str) -> Table:
    """Return the list of a kind, sections in their order and the others by name."""
    model = KINDS[kind]
    name, used = shown_text(model.name, language), _used(kind)
    shown: tuple[Column, ...] = (
        Column("name", lambda: _("Name"), lambda row: _link(kind, row), name),
        Column(
            "address",
            lambda: _("Address"),
            lambda row: f"{WORDS[kind].address}{row.slug}/",
            model.slug,
        ),
        Column("languages", lambda: _("Languages"), lambda row: ", ".join(row.name)),
        Column("articles", lambda: _("Articles"), lambda row: str(row.used), used, numeric=True),
    )
    rows: Rows = select(model.slug, model.name, name.label("said"), used.label("used"))
    if kind == SECTION:
        place = Column(
            "place",
            lambda: _("Place"),
            lambda row: str(row.position),
            Section.position,
            numeric=True,
        )
        asks = Column("asks", lambda: _("Asks to join"), _asks, Section.asks)
        shown, rows = (place, *shown, asks), rows.add_columns(Section.position, Section.asks)
    return Table(
        name=f"{kind}s",
        rows=rows,
        key=model.slug,
        columns=shown,
        order="place" if kind == SECTION else "name",
        empty=WORDS[kind].empty,
        search=lambda words: says([*every_text(model.name), model.slug], words),
        search_title=lambda: _("Name or address"),
    )


def _link(kind: str, row: Row[Any]) -> Cell:
    return Cell(row.said or row.slug, url_for("desk_catalogue.show", kind=kind, slug=row.slug))


def _place(row: Row[Any]) -> str:
    return str(row.position)


def _asks(row: Row[Any]) -> Cell:
    return Cell(_("yes"), mark="ok") if row.asks else Cell(_("no ask here"), mark="pend")


def _used(kind: str) -> ScalarSelect[int]:
    """Return the SQL of how many articles there are in a section, by an author, with a tag."""
    counted = {
        SECTION: select(func.count(Article.id)).where(Article.section_id == Section.id),
        AUTHOR: select(func.count(ArticleAuthor.article_id)).where(
            ArticleAuthor.author_id == Author.id
        ),
        TAG: select(func.count(ArticleTag.article_id)).where(ArticleTag.tag == Tag.slug),
    }
    return counted[kind].correlate(KINDS[kind]).scalar_subquery()


def needed_by(by: Mapping[str, int]) -> str:
    """Say what still refers to it, and what would have to be done first."""
    known: dict[str, Callable[[int], str]] = {
        "article": lambda n: ngettext("%(num)s article", "%(num)s articles", n),
        "article_author": lambda n: ngettext("%(num)s article", "%(num)s articles", n),
        "article_tag": lambda n: ngettext("%(num)s article", "%(num)s articles", n),
        "newsletter": lambda n: ngettext("%(num)s newsletter", "%(num)s newsletters", n),
        "newsletter_section": lambda n: ngettext("%(num)s newsletter", "%(num)s newsletters", n),
    }
    others = sum(number for name, number in by.items() if name not in known)
    parts = [known[name](number) for name, number in by.items() if name in known]
    if others:
        parts.append(ngettext("%(num)s other thing", "%(num)s other things", others))
    return _("It cannot be removed: it is needed by %(what)s.", what=", ".join(parts))
