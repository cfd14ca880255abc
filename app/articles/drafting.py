"""Drafts and their revisions: nothing is lost, and nobody writes over somebody else unseen.

A draft is what is worked on; the edition is what readers see. Every save names the version that it
builds on. One that builds on an older version is refused with what stands there now, so that the
two can be brought together by hand. Callers commit.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import locking, markdown
from app.articles.editing_models import EditionDraft, EditionRevision, Written
from app.articles.models import Article, Edition
from app.core.errors import FieldError, UnwalledError
from app.core.languages import gettext as _

FIRST, SAVED, AUTOSAVED, RESTORED, PUBLISHED = (
    "first", "saved", "autosaved", "restored", "published",
)  # fmt: skip
ONE_SITTING = timedelta(minutes=10)
LONGEST = {"headline": 300, "dek": 1000, "slug": 120, "excerpt": 300, "related": 80}
LONGEST_BODY = 200_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an edition. `excerpt` is empty where the body's beginning will do."""

    headline: str = ""
    dek: str = ""
    slug: str = ""
    excerpt: str = ""
    body: str = ""
    related: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The words as they stand, and which version of them. `staff_id` is who wrote last."""

    edition_id: int
    version: int
    words: Words
    changed_at: datetime | None = None
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """Words to be kept: by whom, when, on which version they build, and why they are kept."""

    words: Words
    builds_on: int
    staff_id: int
    now: datetime
    kind: str = SAVED


class StaleDraftError(UnwalledError):
    """Somebody saved in between; `present` is what stands there now. Nothing was written."""

    def __init__(self, present: Draft) -> None:
        super().__init__("The draft has been saved since.")
        self.present = present


class HeldError(UnwalledError):
    """Somebody else is editing; `present` is what stands there now. Nothing was written."""

    def __init__(self, lock: locking.Held, present: Draft) -> None:
        super().__init__("Somebody else is editing.")
        self.lock = lock
        self.present = present


def words_of(row: Written) -> Words:
    """Return the words of a draft or a revision."""
    return Words(*(getattr(row, one.name) for one in fields(Words)))


def words_shown(session: Session, edition: Edition) -> Words:
    """Return the words that the edition itself holds: what readers see, or will."""
    related = None
    if edition.related_id is not None:
        related = session.scalar(select(Article.key).where(Article.id == edition.related_id))
    made = markdown.excerpt(markdown.plain_text(edition.body_html))
    return Words(
        headline=edition.headline,
        dek=edition.dek,
        slug=edition.slug,
        excerpt="" if edition.excerpt == made else edition.excerpt,
        body=edition.body_markdown,
        related=related or "",
    )


def draft_of(session: Session, edition: Edition) -> Draft:
    """Return what is being worked on: the draft, or where there is none what readers see."""
    row = session.get(EditionDraft, edition.id, populate_existing=True)
    if row is None:
        return Draft(edition.id, 0, words_shown(session, edition))
    return Draft(edition.id, row.version, words_of(row), row.changed_at, row.staff_id)


def typed(values: dict[str, str]) -> Words:
    """Return words as they came from a form: whole, on Unix lines, without what no text holds.

    Raises:
        FieldError: Something is longer than its place.
    """
    words = Words(**{one.name: _plain(values.get(one.name, "")) for one in fields(Words)})
    single = {name: " ".join(getattr(words, name).split()) for name in LONGEST}
    words = replace(words, **single)
    for name, most in LONGEST.items():
        if len(getattr(words, name)) > most:
            raise FieldError(name, _("It is longer than %(most)d signs.", most=most))
    if len(words.body) > LONGEST_BODY:
        raise FieldError("body", _("It is longer than %(most)d signs.", most=LONGEST_BODY))
    return words


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def save(session: Session, edition_id: int, wanted: Save) -> Draft:
    """Keep words as the draft, and a revision of them.

    Saving what stands there already changes nothing. Autosaves of one sitting share a revision.

    Raises:
        HeldError: Somebody else is editing.
        StaleDraftError: Somebody saved in between.
    """
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    present = draft_of(session, edition)
    lock = locking.hold(session, edition_id, wanted.staff_id, wanted.now)
    if lock.staff_id != wanted.staff_id:
        raise HeldError(lock, present)
    if present.words == wanted.words:
        return _same(session, present, wanted)
    if present.version != wanted.builds_on:
        raise StaleDraftError(present)
    if present.version == 0:
        _revise(session, edition_id, Save(present.words, 0, wanted.staff_id, wanted.now, FIRST))
    return write(session, edition_id, wanted)


def _same(session: Session, present: Draft, wanted: Save) -> Draft:
    """Say of an autosaved text that it was saved, now that somebody asked for it."""
    last = latest(session, present.edition_id)
    if wanted.kind == SAVED and last is not None and last.kind == AUTOSAVED:
        last.kind = SAVED
        session.flush()
    return present


def write(session: Session, edition_id: int, wanted: Save) -> Draft:
    """Write words down as the draft without asking: for whoever has asked already."""
    row = session.get(EditionDraft, edition_id)
    if row is None:
        row = EditionDraft(edition_id=edition_id, version=0)
        session.add(row)
    _put(row, wanted.words)
    row.version += 1
    row.changed_at, row.staff_id = wanted.now, wanted.staff_id
    session.flush()
    _revise(session, edition_id, wanted)
    return Draft(edition_id, row.version, wanted.words, wanted.now, wanted.staff_id)


def keep(session: Session, edition_id: int, wanted: Save) -> None:
    """Keep words among the revisions, for what became of them: `PUBLISHED`, and the like."""
    last = latest(session, edition_id)
    if last is not None and words_of(last) == wanted.words:
        last.kind = wanted.kind
        session.flush()
        return
    _revise(session, edition_id, wanted)


def _put(row: Written, words: Words) -> None:
    for name, text in asdict(words).items():
        setattr(row, name, text)


def _revise(session: Session, edition_id: int, wanted: Save) -> None:
    last = latest(session, edition_id)
    if last is not None and _is_one_sitting(last, wanted):
        _put(last, wanted.words)
        session.flush()
        return
    row = EditionRevision(
        edition_id=edition_id,
        number=(last.number if last is not None else 0) + 1,
        kind=wanted.kind,
        made_at=wanted.now,
        staff_id=wanted.staff_id if wanted.kind != FIRST else None,
    )
    _put(row, wanted.words)
    session.add(row)
    session.flush()


def _is_one_sitting(last: EditionRevision, wanted: Save) -> bool:
    return (
        last.kind == wanted.kind == AUTOSAVED
        and last.staff_id == wanted.staff_id
        and wanted.now - last.made_at < ONE_SITTING
    )


def latest(session: Session, edition_id: int) -> EditionRevision | None:
    """Return the last revision of an edition, if there is one."""
    mine = select(EditionRevision).where(EditionRevision.edition_id == edition_id)
    return session.scalar(mine.order_by(EditionRevision.number.desc()).limit(1))


def restore(session: Session, edition_id: int, number: int, wanted: Save) -> Draft:
    """Make an earlier text the draft again; what stood there stays as a revision.

    Args:
        session: Flushed, not committed.
        edition_id: Of the edition.
        number: Of the revision.
        wanted: By whom, when and on which version; its words count for nothing.

    Raises:
        LookupError: There is no such revision.
        HeldError: Somebody else is editing.
        StaleDraftError: Somebody saved in between.
    """
    mine = (EditionRevision.edition_id == edition_id) & (EditionRevision.number == number)
    revision = session.scalar(select(EditionRevision).where(mine))
    if revision is None:
        raise LookupError(number)
    return save(session, edition_id, replace(wanted, words=words_of(revision), kind=RESTORED))


@dataclass(frozen=True, slots=True)
class RevisionRead:
    """A revision in the list of them."""

    number: int
    kind: str
    made_at: datetime
    staff_id: int | None
    words: Words


def revisions(session: Session, edition_id: int) -> list[RevisionRead]:
    """Return every revision of an edition, newest first."""
    mine = select(EditionRevision).where(EditionRevision.edition_id == edition_id)
    return list(_reads(session.scalars(mine.order_by(EditionRevision.number.desc()))))


def _reads(rows: Iterable[EditionRevision]) -> Iterable[RevisionRead]:
    for row in rows:
        yield RevisionRead(row.number, row.kind, row.made_at, row.staff_id, words_of(row))
