"""Sections, authors and tags, as editors keep them. Callers commit.

A slug is part of addresses that are out in the world, so it stays as it was made. What articles or
newsletters still refer to is not removed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.models import Author, Section, Tag
from app.articles.service import SLUG
from app.articles.versions import bump
from app.core.errors import FieldError, UnwalledError
from app.core.languages import DEFAULT
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.references import referring
from app.core.seen import mark_of, refuse_if_changed

LONGEST_SLUG, LONGEST_NAME, LONGEST_ABOUT = 80, 80, 600
SECTION, AUTHOR, TAG = "section", "author", "tag"
KINDS: Mapping[str, type[Section | Author | Tag]] = {SECTION: Section, AUTHOR: Author, TAG: Tag}
_ABOUT = {SECTION: "description", AUTHOR: "bio"}

Texts = dict[str, str]


class NoSuchEntryError(UnwalledError):
    """There is no section, author or tag with this slug."""


class StillUsedError(UnwalledError):
    """Something refers to it, so it stays.

    Attributes:
        by: How many rows, by the name of their table.
    """

    def __init__(self, by: Mapping[str, int]) -> None:
        super().__init__(str(dict(by)))
        self.by = by


@dataclass(frozen=True, slots=True)
class Entry:
    """A section, author or tag; a tag has no text about it."""

    slug: str
    name: Texts
    about: Texts


def entry_of(kind: str, row: Section | Author | Tag) -> Entry:
    """Return what a row says."""
    return Entry(row.slug, row.name, getattr(row, _ABOUT[kind]) if kind in _ABOUT else {})


def entry_mark(entry: Entry) -> str:
    """Return the mark of what an entry says."""
    return mark_of(_content(entry))


def _content(entry: Entry) -> tuple[Any, ...]:
    return entry.slug, entry.name, entry.about


def find_entry(session: Session, kind: str, slug: str) -> Entry:
    """Return the section, author or tag with a slug.

    Raises:
        NoSuchEntryError: There is none.
    """
    return entry_of(kind, _row(session, kind, slug))


def make_entry(session: Session, kind: str, entry: Entry, taken: Collection[str] = ()) -> None:
    """Make a section, which comes last, an author or a tag.

    Args:
        session: Flushed, not committed.
        kind: One of `KINDS`.
        entry: What to write.
        taken: First parts of the site's own addresses, which no section may have.

    Raises:
        FieldError: The slug or a text cannot be taken.
    """
    model = KINDS[kind]
    entry = _checked(entry)
    bump(session)
    _check_slug(session, kind, entry.slug, taken)
    values: dict[str, Any] = {"slug": entry.slug, "name": entry.name}
    if kind in _ABOUT:
        values[_ABOUT[kind]] = entry.about
    if kind == SECTION:
        values["position"] = (session.scalar(select(func.max(Section.position))) or 0) + 1
    session.add(model(**values))
    session.flush()


def change_entry(session: Session, kind: str, entry: Entry, seen: str | None) -> None:
    """Give a section, author or tag other texts; its slug says which one.

    Raises:
        NoSuchEntryError: There is none.
        ChangedMeanwhileError: It is no longer what `seen` marks.
        FieldError: A text cannot be taken.
    """
    bump(session)
    row = _row(session, kind, entry.slug)
    refuse_if_changed(seen, _content(entry_of(kind, row)))
    entry = _checked(entry)
    row.name = entry.name
    if kind in _ABOUT:
        setattr(row, _ABOUT[kind], entry.about)
    session.flush()


def uses(session: Session, kind: str, slug: str) -> dict[str, int]:
    """Return how many rows of which tables refer to a section, author or tag."""
    row = _row(session, kind, slug)
    return referring(session, table_of(KINDS[kind]), slug if isinstance(row, Tag) else row.id)


def remove_entry(session: Session, kind: str, slug: str) -> None:
    """Remove a section, author or tag that nothing refers to.

    Raises:
        NoSuchEntryError: There is none.
        StillUsedError: Something does.
    """
    bump(session)
    by = uses(session, kind, slug)
    if by:
        raise StillUsedError(by)
    session.delete(_row(session, kind, slug))
    session.flush()


def section_order(session: Session) -> list[str]:
    """Return the slugs of the sections in the order of the masthead."""
    return list(session.scalars(select(Section.slug).order_by(Section.position, Section.id)))


def order_sections(session: Session, slugs: Sequence[str], seen: str | None) -> None:
    """Put the sections into an order.

    Raises:
        ChangedMeanwhileError: The sections are not those, or not in the order, that `seen` marks.
    """
    bump(session)
    refuse_if_changed(seen, section_order(session))
    rows = {row.slug: row for row in session.scalars(select(Section))}
    refuse_if_changed(mark_of(sorted(slugs)), sorted(rows))
    for position, slug in enumerate(slugs, 1):
        rows[slug].position = position
    session.flush()


def set_section_asks(session: Session, slug: str, *, asks: bool) -> bool:
    """Say whether a section and its articles ask readers to join; return whether they did."""
    bump(session)
    row = _row(session, SECTION, slug)
    assert isinstance(row, Section)  # noqa: S101 - that is what was asked for
    was, row.asks = row.asks, asks
    session.flush()
    return was


def _row(session: Session, kind: str, slug: str) -> Section | Author | Tag:
    model = KINDS[kind]
    row = session.scalar(
        select(model).where(model.slug == slug).execution_options(populate_existing=True)
    )
    if row is None:
        raise NoSuchEntryError(slug)
    return cast("Section | Author | Tag", row)


def _check_slug(session: Session, kind: str, slug: str, taken: Collection[str]) -> None:
    if not SLUG.fullmatch(slug):
        raise FieldError("slug", _("Use small Latin letters, digits and single hyphens."))
    if len(slug) > LONGEST_SLUG:
        raise FieldError("slug", _too_long(LONGEST_SLUG))
    if slug in taken:
        raise FieldError("slug", _("The site itself uses this address."))
    model = KINDS[kind]
    if session.scalar(select(model.slug).where(model.slug == slug)) is not None:
        raise FieldError("slug", _("This address is taken."))


def _checked(entry: Entry) -> Entry:
    name, about = _said(entry.name), _said(entry.about)
    if not name.get(DEFAULT):
        said = _("The name in English is needed: it stands in where there is no translation.")
        raise FieldError(f"name_{DEFAULT}", said)
    for field, texts, most in (("name", name, LONGEST_NAME), ("about", about, LONGEST_ABOUT)):
        for language, text in texts.items():
            if len(text) > most:
                raise FieldError(f"{field}_{language}", _too_long(most))
    return Entry(entry.slug, name, about)


def _too_long(most: int) -> str:
    return _("That is longer than %(number)s characters.", number=most)


def _said(texts: Texts) -> Texts:
    tidy = {language: " ".join(text.split()) for language, text in texts.items()}
    return {language: text for language, text in tidy.items() if text}
