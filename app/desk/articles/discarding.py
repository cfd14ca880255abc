"""A draft that never appeared, deleted: asked in words first."""

from http import HTTPStatus

from flask import abort, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.articles import discarding, drafting
from app.articles.drafting import HeldError
from app.articles.models import Edition
from app.articles.service import WrongStateError
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.sentences import language_name
from app.desk.articles.web import bp, editor_url, the_edition, write_down
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.extensions import db
from app.newsletters import placing
from app.people.staff_sessions import at_the_desk


@localized(bp, "/desk/articles/<int:edition_id>/delete/")
@access("editor")
def ask_to_discard(edition_id: int) -> ResponseReturnValue:
    """Ask before a draft and all its revisions are gone."""
    edition = the_edition(edition_id)
    if not discarding.may_be_discarded(edition):
        abort(HTTPStatus.NOT_FOUND)
    more = [_("Its revisions and its links for guests go with it. It cannot be undone.")]
    if not discarding.is_last(db.session, edition):
        more.append(_("The article stays in its other language."))
    question = Question(
        title=_("Delete the draft"),
        sentence=_(
            "Delete the draft “%(headline)s” (%(language)s).",
            headline=_headline(edition),
            language=language_name(edition.language),
        ),
        action=url_for(".discard", edition_id=edition_id),
        button=_("Delete it"),
        back=editor_url(edition_id),
        more=tuple(more),
    )
    return confirm_page(question)


@localized(bp, "/desk/articles/<int:edition_id>/delete/", methods=("POST",))
@access("editor")
def discard(edition_id: int) -> ResponseReturnValue:
    """Delete a draft that never appeared."""
    edition, moment = the_edition(edition_id), now(db.session)
    before: dict[str, object] = {"language": edition.language, "slug": edition.slug}
    try:
        is_last = discarding.is_last(db.session, edition)
        forms_in = None if is_last else edition.language
        placing.forget_article(db.session, edition.article_id, forms_in)
        discarding.discard(db.session, edition_id, at_the_desk().staff_id, moment)
    except WrongStateError as error:
        return _refused(edition_id, str(error))
    except HeldError:
        return _refused(edition_id, _("Somebody else has it open. Nothing was deleted."))
    write_down("article.deleted", edition_id, moment, before=before)
    db.commit()
    answer = make_response(redirect(url_for(".overview"), HTTPStatus.SEE_OTHER))
    return tell(answer, _("The draft is deleted."))


def _refused(edition_id: int, why: str) -> ResponseReturnValue:
    db.session.rollback()
    return tell(make_response(redirect(editor_url(edition_id), HTTPStatus.SEE_OTHER)), why)


def _headline(edition: Edition) -> str:
    draft = drafting.draft_of(db.session, edition)
    return draft.words.headline or edition.headline or _("Without a headline")
