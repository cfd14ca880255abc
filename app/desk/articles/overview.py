"""The list of articles, and beginning one."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from app.articles import beginning, catalogue
from app.articles.beginning import NewArticle
from app.articles.catalogue import Named
from app.articles.editing_models import EditionDraft
from app.articles.models import Article, ArticleAuthor, Author, Edition, Section
from app.articles.queries import visible
from app.articles.service import UnknownReferenceError
from app.articles.texts import shown_text
from app.core.answering import page_language
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.articles.sentences import language_name, standing, state_cell
from app.desk.articles.web import bp, editor_url, write_down
from app.desk.chrome import desk_page
from app.desk.list_pages import list_page
from app.desk.listing import Cell, Column, Filter, Table
from app.extensions import db

_HEADLINE = func.coalesce(func.nullif(EditionDraft.headline, ""), Edition.headline)
_CHANGED = func.coalesce(EditionDraft.changed_at, Edition.updated_at, Edition.published_at)
_ROWS = (
    select(
        Edition.id,
        Article.key,
        _HEADLINE.label("headline"),
        Edition.language,
        Edition.state,
        Edition.published_at,
        Section.slug.label("section"),
        Section.name.label("section_name"),
        EditionDraft.changed_at,
    )
    .join(Article, Article.id == Edition.article_id)
    .join(Section, Section.id == Article.section_id)
    .outerjoin(EditionDraft, EditionDraft.edition_id == Edition.id)
)


@localized(bp, "/desk/articles/")
@access("editor")
def overview() -> ResponseReturnValue:
    """Show every edition of every article."""
    moment = now(db.session)
    return list_page("desk/articles/list.html", _("Articles"), table(db.session, moment))


def table(session: Session, moment: datetime) -> Table:
    """Return the list of editions as it stands at a moment."""
    return Table(
        name="articles",
        rows=_ROWS.add_columns(_authors(page_language()).label("authors")),
        key=Edition.id,
        columns=_columns(moment),
        order="-changed",
        empty=lambda: _("There is no article yet. Begin one by its headline."),
        search=_found,
        search_title=lambda: _("Words in headline, address, key or text"),
        filters=_filters(session, moment),
    )


def _authors(language: str) -> ScalarSelect[str]:
    """Return the names of an edition's authors, as they are in a language."""
    name = func.coalesce(shown_text(Author.name, language), Author.slug)
    return (
        select(func.aggregate_strings(name, ", "))
        .join(ArticleAuthor, ArticleAuthor.author_id == Author.id)
        .where(ArticleAuthor.article_id == Edition.article_id)
        .correlate(Edition)
        .scalar_subquery()
    )


def _columns(moment: datetime) -> tuple[Column, ...]:
    return (
        Column("headline", lambda: _("Headline"), _headline, func.lower(_HEADLINE)),
        Column(
            "state",
            lambda: _("State"),
            lambda row: state_cell(standing(row.state, row.published_at, moment)),
            Edition.state,
        ),
        Column("section", lambda: _("Section"), _section, Section.slug),
        Column(
            "edition", lambda: _("Language"), lambda row: language_name(row.language),
            Edition.language,
        ),
        Column("key", lambda: _("Key"), lambda row: row.key, Article.key),
        Column("authors", lambda: _("By"), lambda row: row.authors or ""),
        Column(
            "published",
            lambda: _("Appeared or appears"),
            lambda row: row.published_at,
            Edition.published_at,
        ),
        Column(
            "changed",
            lambda: _("Draft changed"),
            lambda row: row.changed_at,
            _CHANGED,
        ),
    )  # fmt: skip


def _headline(row: Row[Any]) -> Cell:
    return Cell(row.headline or _("Without a headline"), editor_url(row.id))


def _section(row: Row[Any]) -> str:
    return in_language(row.section_name, page_language()) or row.section


def _found(words: str) -> ColumnElement[bool]:
    sought = words.lower()
    columns = (
        _HEADLINE,
        Edition.slug,
        Article.key,
        func.coalesce(EditionDraft.body, Edition.body_markdown),
    )
    return or_(*(func.lower(one).contains(sought, autoescape=True) for one in columns))


def _filters(session: Session, moment: datetime) -> tuple[Filter, ...]:
    every = ("", _("All"))
    states = ("draft", "scheduled", "published", "withdrawn")
    return (
        Filter(
            "state",
            lambda: _("State"),
            (every, *((one, state_cell(one).text) for one in states)),
            lambda value: _is_in(value, moment),
        ),
        Filter(
            "section",
            lambda: _("Section"),
            (every, *_choices(catalogue.sections(session))),
            lambda value: Section.slug == value,
        ),
        Filter(
            "edition",
            lambda: _("Language"),
            (every, *LANGUAGES.items()),
            lambda value: Edition.language == value,
        ),
        Filter(
            "author",
            lambda: _("Author"),
            (every, *_choices(catalogue.authors(session))),
            _is_by,
        ),
    )


def _choices(named: list[Named]) -> list[tuple[str, str]]:
    return [(one.slug, in_language(one.name, page_language()) or one.slug) for one in named]


def _is_in(state: str, moment: datetime) -> ColumnElement[bool]:
    shown = visible(Edition, moment)
    if state == "published":
        return shown
    return and_(Edition.state == state, ~shown) if state == "scheduled" else Edition.state == state


def _is_by(slug: str) -> ColumnElement[bool]:
    mine = select(ArticleAuthor.article_id).join(Author, Author.id == ArticleAuthor.author_id)
    return Edition.article_id.in_(mine.where(Author.slug == slug))


@localized(bp, "/desk/articles/new/")
@access("editor")
def new() -> ResponseReturnValue:
    """Ask for what an article begins with."""
    return _new_page({"in": DEFAULT}, {})


def _new_page(values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    return desk_page(
        "desk/articles/new.html",
        _("New article"),
        status,
        values=values,
        errors=errors,
        sections=_choices(catalogue.sections(db.session)),
        authors=_choices(catalogue.authors(db.session)),
        editions=LANGUAGES,
    )


@localized(bp, "/desk/articles/new/", methods=("POST",))
@access("editor")
def begin() -> ResponseReturnValue:
    """Begin an article."""
    values = {one: request.form.get(one, "") for one in ("headline", "in", "section", "author")}
    author = (values["author"],) if values["author"] else ()
    wanted = NewArticle(values["headline"], values["in"], values["section"], author)
    moment = now(db.session)
    try:
        edition = beginning.begin(db.session, wanted, moment)
    except FieldError as error:
        return _new_page(values, {error.field: error.message}, HTTPStatus.UNPROCESSABLE_ENTITY)
    except UnknownReferenceError:
        errors = {"section": _("Choose a section that is there.")}
        return _new_page(values, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    write_down("article.begun", edition.id, moment, {"language": edition.language})
    answer = redirect(editor_url(edition.id), 303)
    db.commit()
    return answer
