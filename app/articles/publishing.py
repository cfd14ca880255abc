"""From the draft to readers and back: publish, schedule, correct, withdraw, and their undoing.

What is published is the very version that whoever published it had before them. Callers commit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import corrections, drafting, locking, service
from app.articles.drafting import Draft, HeldError, Save, StaleDraftError
from app.articles.models import Article, Edition
from app.articles.service import EditionText, WrongStateError, is_visible
from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import gettext as _

CORRECTION, UPDATE, TYPO = "correction", "update", "typo"
KINDS = (CORRECTION, UPDATE, TYPO)


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody publishes.

    Attributes:
        builds_on: The version of the draft that they have before them.
        staff_id: Who.
        now: When.
        kind: What a change of something that readers see already is: a `correction` has a note
            for them and moves the time of the update, an `update` moves the time, a `typo` neither.
        note: What was wrong and what is right.
    """

    builds_on: int
    staff_id: int
    now: datetime
    kind: str = UPDATE
    note: str = ""


def publish(session: Session, edition_id: int, going: Going) -> Edition:
    """Show the draft to readers at once; one that they see already is changed for them.

    Raises:
        HeldError: Somebody else is editing.
        StaleDraftError: Somebody saved in between.
        FieldError: A correction has no note, or the slug or headline cannot be taken.
        WrongStateError: The article is under an embargo.
    """
    edition, draft = _before(session, edition_id, going)
    if not is_visible(edition, going.now):
        edition = _bring_up(session, edition, draft, going)
        service.publish(session, edition, going.now)
        return edition
    if going.kind not in KINDS:
        raise FieldError("kind", _("Choose what this change is."))
    note = corrections.checked_note(going.note) if going.kind == CORRECTION else ""
    edition = _bring_up(session, edition, draft, going)
    if note:
        corrections.add_note(session, edition, note, going.staff_id, going.now)
    return edition


def schedule(session: Session, edition_id: int, at: datetime, going: Going) -> Edition:
    """Have the draft appear at a moment, the text as it is now.

    Raises:
        HeldError: Somebody else is editing.
        StaleDraftError: Somebody saved in between.
        FieldError: The moment has passed or is under an embargo, or the slug cannot be taken.
        WrongStateError: Readers have seen it already.
    """
    edition, draft = _before(session, edition_id, going)
    if is_visible(edition, going.now) or edition.state == "withdrawn":
        raise WrongStateError(_("Readers have seen it already; publish it, or leave it."))
    if at <= going.now:
        raise FieldError("at", _("This moment has passed."))
    until = session.get_one(Article, edition.article_id).embargo_until
    if until is not None and at < until:
        raise FieldError("at", _("The article is under an embargo then."))
    edition = _bring_up(session, edition, draft, going)
    service.schedule(session, edition, at)
    return edition


def _before(session: Session, edition_id: int, going: Going) -> tuple[Edition, Draft]:
    """Lock an edition and see that nobody else is at it or has changed it."""
    edition = session.get_one(Edition, edition_id, with_for_update=True, populate_existing=True)
    draft = drafting.draft_of(session, edition)
    lock = locking.hold(session, edition_id, going.staff_id, going.now)
    if lock.staff_id != going.staff_id:
        raise HeldError(lock, draft)
    if draft.version != going.builds_on:
        raise StaleDraftError(draft)
    return edition, draft


def _bring_up(session: Session, edition: Edition, draft: Draft, going: Going) -> Edition:
    words = draft.words
    text = EditionText(
        language=edition.language,
        slug=words.slug,
        headline=words.headline,
        dek=words.dek,
        body=words.body,
        related=words.related or None,
        excerpt=words.excerpt,
    )
    article = session.get_one(Article, edition.article_id)
    is_news = going.kind in {CORRECTION, UPDATE}
    edition = service.save_edition(session, article, text, going.now, is_news=is_news)
    save = Save(words, draft.version, going.staff_id, going.now, drafting.PUBLISHED)
    drafting.keep(session, edition.id, save)
    return edition


def unschedule(session: Session, edition_id: int, now: datetime) -> Edition:
    """Make a draft again of what was to appear.

    Raises:
        WrongStateError: It is not waiting to appear.
    """
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    if edition.state != "scheduled" or is_visible(edition, now):
        raise WrongStateError(_("It does not wait to appear."))
    edition.state, edition.published_at = "draft", None
    session.flush()
    bump(session)
    return edition


def withdraw(session: Session, edition_id: int, note: str, now: datetime) -> Edition:
    """Take away what readers see; its address says so in a sentence.

    Raises:
        FieldError: There is no sentence, or it is too long.
        WrongStateError: Readers do not see it.
    """
    sentence = corrections.checked_note(note)
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    if not is_visible(edition, now):
        raise WrongStateError(_("Readers do not see it."))
    service.withdraw(session, edition, sentence)
    return edition


def bring_back(session: Session, edition_id: int, now: datetime) -> Edition:
    """Show what was withdrawn as it was, under its own address and date.

    Raises:
        WrongStateError: It was not withdrawn, or the article is under an embargo.
    """
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    if edition.state != "withdrawn":
        raise WrongStateError(_("It was not withdrawn."))
    service.publish(session, edition, now)
    return edition


def set_embargo(session: Session, article: Article, until: datetime | None, now: datetime) -> int:
    """Let no reader see an article before a moment; what was to appear earlier waits for it.

    Returns:
        How many editions wait longer now.

    Raises:
        FieldError: Readers see an edition of it already, or the moment has passed.
    """
    editions = session.scalars(
        select(Edition).where(Edition.article_id == article.id).with_for_update()
    ).all()
    if until is not None:
        if until <= now:
            raise FieldError("embargo", _("This moment has passed."))
        if any(is_visible(one, now) for one in editions):
            raise FieldError("embargo", _("Readers see the article already."))
    article.embargo_until = until
    early = [one for one in editions if _is_early(one, until)]
    for one in early:
        one.published_at = until
    session.flush()
    bump(session)
    return len(early)


def _is_early(edition: Edition, until: datetime | None) -> bool:
    return (
        until is not None
        and edition.state == "scheduled"
        and edition.published_at is not None
        and edition.published_at < until
    )
