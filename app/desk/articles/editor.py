"""The editor: an edition's words, a preview beside them, and who else is at it."""

from dataclasses import asdict
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from app.articles import catalogue, drafting, locking, markdown
from app.articles.discarding import may_be_discarded
from app.articles.drafting import Draft, Words
from app.articles.locking import Held
from app.articles.models import Article, Edition
from app.articles.picture_intake import MOST_BYTES
from app.articles.service import is_visible
from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.sentences import language_name, standing, state_cell, state_sentence
from app.desk.articles.web import bp, editor_url, name_of, since_text, the_edition, write_down
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.extensions import db
from app.people.staff_sessions import at_the_desk

MEGABYTE = 1024 * 1024


@localized(bp, "/desk/articles/<int:edition_id>/")
@access("editor")
def edit(edition_id: int) -> ResponseReturnValue:
    """Open an edition for writing, if nobody else has it open."""
    edition = the_edition(edition_id)
    lock = _hold(edition_id)
    draft = drafting.draft_of(db.session, edition)
    return editor_page(edition, draft.words, draft, lock=lock)


def _hold(edition_id: int) -> Held:
    """Take the lock in a transaction of its own: a page that is read may not write otherwise."""
    with db.database.write() as session:
        lock = locking.hold(session, edition_id, at_the_desk().staff_id, now(session))
        session.commit()
    return lock


def editor_page(
    edition: Edition,
    words: Words,
    draft: Draft,
    status: int = HTTPStatus.OK,
    *,
    lock: Held | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """Return the editor with words in it.

    Args:
        edition: The edition.
        words: What stands in the fields: as kept, or as typed.
        draft: What they build on.
        status: Of the answer.
        lock: Who is editing; None if that was not asked.
        errors: Sentences by field.
    """
    moment = now(db.session)
    held = lock is not None and lock.staff_id != at_the_desk().staff_id
    return desk_page(
        "desk/articles/edit.html",
        words.headline or _("Without a headline"),
        status,
        edition=edition,
        words=asdict(words),
        draft=draft,
        errors=errors or {},
        language_name=language_name(edition.language),
        state=state_cell(standing(edition.state, edition.published_at, moment)),
        sentence=state_sentence(edition, moment),
        is_shown=is_visible(edition, moment),
        may_go=may_be_discarded(edition),
        is_unseen=drafting.words_shown(db.session, edition) != draft.words,
        held=_held_sentence(lock) if lock is not None and held else "",
        preview=shown_body(edition, words),
        others=_other_languages(edition),
        beside=_beside(edition),
        keys_of_articles=_keys(edition),
        most_megabytes=MOST_BYTES // MEGABYTE,
        beat_seconds=locking.BEAT_SECONDS,
    )


def _held_sentence(lock: Held) -> str:
    return _(
        "%(name)s is editing since %(time)s.",
        name=name_of(db.session, lock.staff_id),
        time=since_text(lock.since, now(db.session)),
    )


def shown_body(edition: Edition, words: Words) -> Markup:
    """Return a text as readers would see it, by the very way that leads to them."""
    html = markdown.to_html(words.body)
    keys = markdown.linked_keys(html)
    places = catalogue.find_linked(db.session, edition.language, keys, now(db.session))
    zone = the_settings().time_zone

    def address_of(key: str) -> str | None:
        place = places.get(key)
        return place.path(zone) if place is not None else None

    return Markup(markdown.for_page(html, address_of))  # noqa: S704 - it is cleaned there


def _other_languages(edition: Edition) -> list[tuple[str, str, int | None]]:
    """Return (language, its name, the article's edition in it if there is one)."""
    rows = db.session.execute(
        select(Edition.language, Edition.id).where(Edition.article_id == edition.article_id)
    )
    there = {row.language: row.id for row in rows}
    return [
        (language, name, there.get(language))
        for language, name in LANGUAGES.items()
        if language != edition.language
    ]


def _beside(edition: Edition) -> tuple[str, Words, Markup] | None:
    """Return the edition that stands beside the fields for whoever translates, if one is wanted."""
    wanted = request.args.get("beside", "")
    mine = (Edition.article_id == edition.article_id) & (Edition.language == wanted)
    other = db.session.scalar(select(Edition).where(mine)) if wanted in LANGUAGES else None
    if other is None or other.id == edition.id:
        return None
    words = drafting.draft_of(db.session, other).words
    return other.language, words, shown_body(other, words)


def _keys(edition: Edition) -> list[tuple[str, str]]:
    """Return (key, headline) of articles that can be named as the one to read next."""
    rows = db.session.execute(
        select(Article.key, Edition.headline)
        .join(Edition, Edition.article_id == Article.id)
        .where(Edition.language == edition.language, Article.id != edition.article_id)
        .where(Edition.published_at.is_not(None))
        .order_by(Edition.published_at.desc())
        .limit(100)
    )
    return [(row.key, row.headline) for row in rows]


@localized(bp, "/desk/articles/<int:edition_id>/shown", methods=("POST",))
@access("editor")
def shown(edition_id: int) -> ResponseReturnValue:
    """Return a text as readers would see it, for the preview beside the fields."""
    db.only_read()
    edition = the_edition(edition_id)
    body = request.form.get("body", "")[: drafting.LONGEST_BODY]
    return shown_body(edition, Words(body=body))


@localized(bp, "/desk/articles/<int:edition_id>/beat", methods=("POST",))
@access("editor")
def beat(edition_id: int) -> ResponseReturnValue:
    """Keep the lock of an open page; say who has taken it over."""
    the_edition(edition_id)
    staff_id = at_the_desk().staff_id
    lock = locking.hold(db.session, edition_id, staff_id, now(db.session))
    db.commit()
    if lock.staff_id == staff_id:
        return "", HTTPStatus.NO_CONTENT
    return {"text": _held_sentence(lock)}, HTTPStatus.CONFLICT


@localized(bp, "/desk/articles/<int:edition_id>/leave", methods=("POST",))
@access("editor")
def leave(edition_id: int) -> ResponseReturnValue:
    """Give the lock back when the page is closed."""
    locking.leave(db.session, edition_id, at_the_desk().staff_id)
    db.commit()
    return "", HTTPStatus.NO_CONTENT


@localized(bp, "/desk/articles/<int:edition_id>/take-over/")
@access("editor")
def ask_to_take_over(edition_id: int) -> ResponseReturnValue:
    """Ask before somebody is interrupted."""
    the_edition(edition_id)
    lock = locking.holder(db.session, edition_id)
    if lock is None or lock.staff_id == at_the_desk().staff_id:
        return redirect(editor_url(edition_id), 303)
    question = Question(
        title=_("Take over the editing"),
        sentence=_held_sentence(lock),
        action=url_for(".take_over", edition_id=edition_id),
        button=_("Take over"),
        back=editor_url(edition_id),
        more=(
            _("What they have saved is in the draft. What they type after that is not lost:"
              " it stays in their window, beside yours, to be brought together by hand."),
        ),
        ends=False,
    )  # fmt: skip
    return confirm_page(question)


@localized(bp, "/desk/articles/<int:edition_id>/take-over/", methods=("POST",))
@access("editor")
def take_over(edition_id: int) -> ResponseReturnValue:
    """Take the lock from whoever has it."""
    the_edition(edition_id)
    moment = now(db.session)
    lock = locking.holder(db.session, edition_id)
    locking.take_over(db.session, edition_id, at_the_desk().staff_id, moment)
    before: dict[str, object] = {"staff": lock.staff_id} if lock is not None else {}
    write_down("article.taken-over", edition_id, moment, before=before)
    db.commit()
    return redirect(editor_url(edition_id), 303)
