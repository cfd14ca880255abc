"""What is done with a file of subscribers that was read: vouched for, stopped, given up, undone."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError, OperatorError
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.private_files import drop
from app.core.routes import access, localized
from app.desk.asking import who
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.imports.views import UNPROCESSABLE, counts, done, refused, subscribing, the_import
from app.extensions import db
from app.newsletters.imports import bringing
from app.newsletters.imports.bringing import LONGEST_NOTE
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.imports.undoing import untouched
from app.newsletters.queries import read_lists

bp = Blueprint("desk_import_acts", __name__)


@localized(bp, "/desk/imports/<int:number>/apply/")
@access("membership", fresh=True)
def vouching(number: int) -> ResponseReturnValue:
    """Ask on whose word these people are subscribed, and how they agreed."""
    return _vouching_page(the_import(number))


def _vouching_page(
    one: SubscriberImport, error: str = "", status: int = HTTPStatus.OK, note: str = ""
) -> Response:
    if one.state not in {"read", "stopped", "failed"} or one.read_at is None:
        abort(HTTPStatus.NOT_FOUND)
    kept = set(one.wishes.get("lists", ()))
    names = [
        in_language(dict(each.names), page_language())
        for each in read_lists(db.session)
        if each.slug in kept
    ]
    return desk_page(
        "desk/imports/vouch.html",
        _("Bring these people in"),
        status,
        one=one,
        lists=names,
        count=subscribing(one.foreseen or {}),
        counts=counts(one.foreseen or {}),
        who=who(),
        error=error,
        note=note or one.note or "",
        longest=LONGEST_NOTE,
    )


@localized(bp, "/desk/imports/<int:number>/apply/", methods=("POST",))
@access("membership", fresh=True)
def apply(number: int) -> ResponseReturnValue:
    """Have what was read applied, on the word of whoever is here."""
    one = the_import(number)
    note = request.form.get("note", "")
    try:
        bringing.ask_applying(db.session, one, who(), note, now(db.session))
    except FieldError as error:
        db.session.rollback()
        return _vouching_page(the_import(number), error.message, UNPROCESSABLE, note)
    except OperatorError as error:
        return refused(one, error)
    return done(one, "import.vouched", after={"subscribes": subscribing(one.foreseen or {})})


@localized(bp, "/desk/imports/<int:number>/stop/", methods=("POST",))
@access("membership")
def stop(number: int) -> ResponseReturnValue:
    """Have an import stop before its next batch."""
    return _asked(
        number, "import.stopped", bringing.ask_stopping, _("It stops before its next batch.")
    )


@localized(bp, "/desk/imports/<int:number>/drop/")
@access("membership")
def dropping(number: int) -> ResponseReturnValue:
    """Ask whether a file is given up."""
    one = the_import(number)
    return confirm_page(
        Question(
            title=_("Give this file up"),
            sentence=_(
                "Delete %(file)s from here, without bringing anybody in.", file=one.file_name
            ),
            action=url_for("desk_import_acts.drop_file", number=number),
            button=_("Give it up"),
            back=url_for("desk_imports.show", number=number),
        )
    )


@localized(bp, "/desk/imports/<int:number>/drop/", methods=("POST",))
@access("membership")
def drop_file(number: int) -> ResponseReturnValue:
    """Give a file up that was not applied."""
    one = the_import(number)
    try:
        stored = bringing.drop_brought(db.session, one, now(db.session))
    except OperatorError as error:
        return refused(one, error)
    answer = done(one, "import.dropped", _("The file was given up; nobody was brought in."))
    if stored is not None:
        drop(the_settings(), stored)
    return answer


@localized(bp, "/desk/imports/<int:number>/undo/")
@access("membership", fresh=True)
def undoing(number: int) -> ResponseReturnValue:
    """Ask whether an import is taken back, and say what of it can be."""
    one = the_import(number)
    count = untouched(db.session, number)
    return confirm_page(
        Question(
            title=_("Take this import back"),
            sentence=_(
                "Take back %(count)s subscriptions that %(file)s began and nobody has touched "
                "since.",
                count=f"{count:,}",
                file=one.file_name,
            ),
            more=(
                _("Whoever has acted since, paused, or was sent an issue keeps the subscription."),
                _("Who had waited for their confirmation here waits again."),
                _("What the file said of people who had left stays, and so do suppressions."),
                _("The people stay known; the right file can bring them again."),
            ),
            action=url_for("desk_import_acts.undo", number=number),
            button=_("Take it back"),
            back=url_for("desk_imports.show", number=number),
        )
    )


@localized(bp, "/desk/imports/<int:number>/undo/", methods=("POST",))
@access("membership", fresh=True)
def undo(number: int) -> ResponseReturnValue:
    """Have an import taken back."""
    return _asked(number, "import.undone", bringing.ask_undoing, "")


def _asked(number: int, what: str, ask: Callable[..., None], notice: str) -> ResponseReturnValue:
    one = the_import(number)
    try:
        ask(db.session, one, now(db.session))
    except OperatorError as error:
        return refused(one, error)
    return done(one, what, notice)
