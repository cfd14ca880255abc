"""One's own page: what one signs in with, and the browsers in which one is signed in."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.door.changing import changed, write_down
from app.desk.door.pages import offer, the_site
from app.desk.door.proofs import app_to_scan, given_name, typed_digits
from app.desk.door.session_table import sessions_table
from app.desk.door.set_up_views import whom_of
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.extensions import db
from app.people import staff_code_apps, staff_passkeys, staff_queries, staff_recovery
from app.people.passkeys import Owner, PasskeyError
from app.people.staff_challenges import ADD
from app.people.staff_code_apps import Moments
from app.people.staff_credentials_models import StaffPasskey
from app.people.staff_errors import LastProofError
from app.people.staff_letters import News
from app.people.staff_passkeys import Signed
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_you", __name__)


@localized(bp, "/desk/you/")
@access("staff")
def show() -> ResponseReturnValue:
    """Show all of it."""
    here = at_the_desk()
    return list_page(
        "desk/door/you.html",
        _("Your sign-in"),
        sessions_table(here.staff_id, here.session_id, here.now),
        passkeys=staff_passkeys.of(db.session, here.staff_id),
        app_since=staff_queries.code_app_since(db.session, here.staff_id),
        codes_left=staff_recovery.left(db.session, here.staff_id),
        codes_made=staff_recovery.HOW_MANY,
        has_others=len(staff_queries.open_sessions(db.session, here.staff_id, here.now)) > 1,
        offer=offer(),
        moment=shown_moment,
    )


@localized(bp, "/desk/you/passkeys/new/")
@access("staff", fresh=True)
def new_passkey() -> ResponseReturnValue:
    """Offer to make a passkey."""
    return _passkey_page()


@localized(bp, "/desk/you/passkeys/options", methods=("POST",))
@access("staff", fresh=True)
def passkey_options() -> ResponseReturnValue:
    """Return what a browser is to make a passkey by."""
    here, whom = at_the_desk(), whom_of(at_the_desk().staff_id)
    owner = Owner(staff_passkeys.handle_of(the_settings(), here.staff_id), whom.address, whom.name)
    moment = now(db.session)
    asked = staff_passkeys.ask_to_make(db.session, the_site(), owner, here.staff_id, moment)
    db.commit()
    return Response(asked, mimetype="application/json")


@localized(bp, "/desk/you/passkeys/new/", methods=("POST",))
@access("staff", fresh=True)
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that was made."""
    here, moment = at_the_desk(), now(db.session)
    signed = Signed(the_site(), request.form.get("answer", ""), ADD)
    try:
        row = staff_passkeys.add(db.session, signed, here.staff_id, given_name(), moment)
    except PasskeyError:
        db.commit()
        sentence = _("The passkey could not be made. Try again in a moment.")
        return _passkey_page(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    return changed("passkey.added", _("The passkey is added."), moment, row.id, News.PASSKEY_ADDED)


@localized(bp, "/desk/you/passkeys/<int:passkey_id>/name", methods=("POST",))
@access("staff")
def name_passkey(passkey_id: int) -> ResponseReturnValue:
    """Call a passkey something else."""
    if not staff_passkeys.rename(db.session, at_the_desk().staff_id, passkey_id, given_name()):
        abort(HTTPStatus.NOT_FOUND)
    return changed("passkey.named", _("The passkey has its new name."), now(db.session), passkey_id)


@localized(bp, "/desk/you/passkeys/<int:passkey_id>/remove/")
@access("staff", fresh=True)
def ask_passkey(passkey_id: int) -> ResponseReturnValue:
    """Ask whether a passkey is to go."""
    return _ask_passkey(_passkey(passkey_id))


@localized(bp, "/desk/you/passkeys/<int:passkey_id>/remove/", methods=("POST",))
@access("staff", fresh=True)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Take a passkey away, unless it is the last thing that opens the desk."""
    row, moment = _passkey(passkey_id), now(db.session)
    try:
        staff_passkeys.remove(db.session, row.staff_id, row.id)
    except LastProofError:
        db.session.rollback()
        return _ask_passkey(row, _last(), HTTPStatus.CONFLICT)
    said = _("The passkey is removed.")
    return changed("passkey.removed", said, moment, passkey_id, News.PASSKEY_REMOVED)


@localized(bp, "/desk/you/app", methods=("POST",))
@access("staff", fresh=True)
def begin_app() -> ResponseReturnValue:
    """Make the secret of a code app, and show it on a page of its own."""
    moment = now(db.session)
    staff_code_apps.begin(db.session, the_settings(), at_the_desk().staff_id, moment)
    db.commit()
    return redirect(url_for("desk_you.app_form"), HTTPStatus.SEE_OTHER)


@localized(bp, "/desk/you/app/")
@access("staff", fresh=True)
def app_form() -> ResponseReturnValue:
    """Show the picture that the telephone reads, and take the first code."""
    return _app_page()


@localized(bp, "/desk/you/app/", methods=("POST",))
@access("staff", fresh=True)
def app() -> ResponseReturnValue:
    """Take the first code of the app: it holds from now on."""
    here, moment = at_the_desk(), now(db.session)
    moments = Moments(moment, datetime.now(UTC))
    right = staff_code_apps.confirm(
        db.session, the_settings(), here.staff_id, typed_digits(), moments
    )
    if not right:
        db.commit()
        sentence = _(
            "That is not what the app shows now. See whether the clock of the phone is right."
        )
        return _app_page(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = _("The code app is added.")
    return changed("app.added", said, moment, here.staff_id, News.APP_ADDED)


@localized(bp, "/desk/you/app/remove/")
@access("staff", fresh=True)
def ask_app() -> ResponseReturnValue:
    """Ask whether the code app is to go."""
    return _ask_app()


@localized(bp, "/desk/you/app/remove/", methods=("POST",))
@access("staff", fresh=True)
def remove_app() -> ResponseReturnValue:
    """Take the code app away, unless it is the last thing that opens the desk."""
    here, moment = at_the_desk(), now(db.session)
    try:
        had_one = staff_code_apps.remove(db.session, here.staff_id)
    except LastProofError:
        db.session.rollback()
        return _ask_app(_last(), HTTPStatus.CONFLICT)
    if not had_one:
        abort(HTTPStatus.NOT_FOUND)
    said = _("The code app is removed.")
    return changed("app.removed", said, moment, here.staff_id, News.APP_REMOVED)


@localized(bp, "/desk/you/codes/")
@access("staff", fresh=True)
def ask_codes() -> ResponseReturnValue:
    """Ask whether the recovery codes are to be made anew."""
    return confirm_page(
        Question(
            _("Make recovery codes anew"),
            _("Make ten new recovery codes. Those that you have are worth nothing any more."),
            action=url_for("desk_you.make_codes"),
            button=_("Make ten new codes"),
            back=url_for("desk_you.show"),
            more=(_("They are shown once: have something to write, or a printer."),),
            ends=False,
        )
    )


@localized(bp, "/desk/you/codes/", methods=("POST",))
@access("staff", fresh=True)
def make_codes() -> ResponseReturnValue:
    """Make the recovery codes anew, and show them, this once."""
    here, moment = at_the_desk(), now(db.session)
    codes = staff_recovery.make_anew(db.session, the_settings(), here.staff_id, moment)
    write_down("codes.made", moment, here.staff_id, News.CODES_MADE)
    return desk_page("desk/door/new_codes.html", _("Your recovery codes"), codes=codes)


def _passkey(passkey_id: int) -> StaffPasskey:
    theirs = staff_passkeys.of(db.session, at_the_desk().staff_id)
    row = next((one for one in theirs if one.id == passkey_id), None)
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)


def _passkey_page(error: str = "", status: int = HTTPStatus.OK) -> Response:
    return desk_page(
        "desk/door/new_passkey.html",
        _("Add a passkey"),
        status,
        passkey_error=error,
        offer=offer(),
        named=given_name(),
    )


def _ask_passkey(row: StaffPasskey, error: str = "", status: int = HTTPStatus.OK) -> Response:
    return confirm_page(
        Question(
            _("Remove a passkey"),
            _("Remove the passkey “%(name)s”: it opens the desk no longer.") % {"name": row.name},
            action=url_for("desk_you.remove_passkey", passkey_id=row.id),
            button=_("Remove the passkey"),
            back=url_for("desk_you.show"),
        ),
        error,
        status,
    )


def _ask_app(error: str = "", status: int = HTTPStatus.OK) -> Response:
    return confirm_page(
        Question(
            _("Remove the code app"),
            _("Remove the code app: its codes open the desk no longer."),
            action=url_for("desk_you.remove_app"),
            button=_("Remove the code app"),
            back=url_for("desk_you.show"),
        ),
        error,
        status,
    )


def _app_page(error: str = "", status: int = HTTPStatus.OK) -> ResponseReturnValue:
    staff_id = at_the_desk().staff_id
    secret = staff_code_apps.pending(db.session, the_settings(), staff_id)
    if not secret:
        return make_response(redirect(url_for("desk_you.show"), HTTPStatus.SEE_OTHER))
    return desk_page(
        "desk/door/new_app.html",
        _("Your code app"),
        status,
        scan=app_to_scan(secret, whom_of(staff_id).address),
        action=url_for("desk_you.app"),
        error=error,
    )


def _last() -> str:
    return _("It is the last thing that you sign in with. Add a passkey or a code app first.")
