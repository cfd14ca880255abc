"""The page that a confirmation's link opens: it shows, and its one button acts.

Programs that open every link in a mail change nothing: `GET` and `HEAD` read only.
"""

from http import HTTPStatus

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_network
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.extensions import db
from app.newsletters import answering
from app.newsletters.confirming import Act, confirm
from app.newsletters.queries import last_request_of, pending_lists, question_of

bp = Blueprint("confirming", __name__)

STATUS = {
    "open": HTTPStatus.OK,
    "used": HTTPStatus.OK,
    "expired": HTTPStatus.GONE,
    "wrong": HTTPStatus.NOT_FOUND,
}


@localized(bp, "/newsletters/confirm/<token>")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the lists and the button, or what has become of the link."""
    return _page(token, token_hash(token))


@localized(bp, "/newsletters/confirm/<token>", methods=("POST",))
@access("public", cross_site=True)
def press(token: str) -> ResponseReturnValue:
    """Confirm every list that waits."""
    answering.refuse_other_sites()
    hashed = token_hash(token)
    act = Act("button", page_language(), the_network())
    lists = confirm(db.session, hashed, answering.all_lists(), act, now(db.session))
    db.commit()
    return _page(token, hashed) if lists is None else answering.outcome(lists)


@localized(bp, "/newsletters/confirm/<token>/again", methods=("POST",))
@access("public", cross_site=True)
def renew(token: str) -> ResponseReturnValue:
    """Ask for a new link in place of one that is too old."""
    answering.refuse_other_sites()
    question = question_of(db.session, token_hash(token))
    asked = last_request_of(db.session, question.id) if question is not None else None
    return _page(token, token_hash(token)) if asked is None else answering.repeat(asked)


def _page(token: str, hashed: str) -> Response:
    question = question_of(db.session, hashed)
    state = question.state(now(db.session)) if question is not None else "wrong"
    lists: list[str] = []
    if question is not None and state == "open":
        pending = pending_lists(db.session, [question.person_id])
        lists = answering.list_names(pending.get(question.person_id, []))
    again = state == "expired" and question is not None
    return private_page(
        "newsletters/confirm.html",
        _("Confirm your subscription"),
        STATUS[state],
        state=state,
        lists=lists,
        action=url_for("confirming.press", token=token),
        again_action=url_for("confirming.renew", token=token) if again else "",
    )
