"""Members brought in from a file: brought, understood, checked, and applied whole."""

from contextlib import closing
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError, OperatorError
from app.core.languages import gettext as _
from app.core.private_files import TooLargeError, drop, keep
from app.core.routes import access, large_body, localized
from app.desk.asking import is_posted, who
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.imports import member_tables, tables
from app.desk.imports import words as import_words
from app.desk.imports.reasons import REASONS
from app.desk.imports.views import AROUND, UNPROCESSABLE
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.desk.notices import tell
from app.extensions import db
from app.memberships.imports import uploading
from app.memberships.imports.models import MemberUpload
from app.memberships.imports.parsing import COLUMNS
from app.memberships.imports.taking_back import standing
from app.memberships.imports.uploading import KIND, LARGEST_FILE
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_member_imports", __name__)

GOING_ON = frozenset({"checking", "applying", "undoing"})


@localized(bp, "/desk/imports/members/")
@access("membership")
def index() -> ResponseReturnValue:
    """List the files of members that were brought."""
    table = member_tables.member_imports()
    return list_page("desk/imports/index.html", _("Imports"), table, kind="members")


@localized(bp, "/desk/imports/members/new/")
@access("membership")
def new() -> ResponseReturnValue:
    """Ask for a file of members."""
    return _new_page("")


def _new_page(error: str, status: int = HTTPStatus.OK) -> Response:
    return desk_page(
        "desk/imports/new.html",
        _("Bring in members"),
        status,
        error=error,
        action=url_for("desk_member_imports.bring"),
        largest=LARGEST_FILE >> 20,
        kind=KIND,
    )


@localized(bp, "/desk/imports/members/new/", methods=("POST",))
@large_body(LARGEST_FILE + AROUND)
@access("membership")
def bring() -> ResponseReturnValue:
    """Keep a file of members; nothing of it is read yet."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _new_page(_("Please choose the file."), UNPROCESSABLE)
    try:
        with closing(given):
            kept = keep(the_settings(), KIND, given.stream, LARGEST_FILE)
    except TooLargeError:
        return _new_page(_("The file is larger than %(most)s MB.", most=100), UNPROCESSABLE)
    one = uploading.bring(db.session, kept, given.filename, who(), now(db.session))
    after = {"file_hash": kept.sha256, "bytes": kept.size}
    return _done(one, "member-import.brought", after=after)


@localized(bp, "/desk/imports/members/<int:number>/")
@access("membership")
def show(number: int) -> ResponseReturnValue:
    """Show how far a file of members is, and what can be done with it."""
    return _page(_the_upload(number))


def _page(
    one: MemberUpload,
    told: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    titles: list[str] = []
    trouble = ""
    if one.state in {"brought", "checked", "failed"}:
        try:
            titles = uploading.titles_of(the_settings(), one)
        except OperatorError as error:
            trouble = REASONS.told(str(error))
    return desk_page(
        "desk/imports/members.html",
        one.file_name,
        status,
        one=one,
        titles=titles,
        trouble=trouble,
        told=told or one.titles or uploading.found_columns(titles),
        errors=errors or {},
        columns=import_words.member_columns(),
        words=import_words,
        effect=one.effect or one.foreseen,
        going_on=one.state in GOING_ON,
        failed=REASONS.told(one.failed or ""),
        zone=tables.zone_name(),
        at=shown_moment,
    )


@localized(bp, "/desk/imports/members/<int:number>/check/", methods=("POST",))
@access("membership")
def check(number: int) -> ResponseReturnValue:
    """Have a file read to its end and compared with the ledger."""
    one = _the_upload(number)
    told = {name: request.form.get(f"column-{name}", "") for name in COLUMNS}
    try:
        uploading.ask_checking(
            db.session, one, told, request.form.get("source", ""), now(db.session)
        )
    except FieldError as error:
        db.session.rollback()
        return _page(_the_upload(number), told, {error.field: error.message}, UNPROCESSABLE)
    except OperatorError as error:
        return _refused(number, error)
    return _done(one, "member-import.check")


@localized(bp, "/desk/imports/members/<int:number>/not-taken/")
@access("membership")
def not_taken(number: int) -> ResponseReturnValue:
    """List which lines cannot be taken, and why."""
    one = _the_upload(number)
    back = url_for("desk_member_imports.show", number=number)
    table = member_tables.member_problems(number)
    title = _("Rows that are not taken")
    return list_page("desk/imports/not_taken.html", title, table, one=one, back=back)


@localized(bp, "/desk/imports/members/<int:number>/apply/")
@access("membership", fresh=True)
def applying(number: int) -> ResponseReturnValue:
    """Ask whether these members are brought in, and say what it does to the count."""
    one = _the_upload(number)
    found = one.foreseen
    if one.state != "checked" or one.problems or found is None:
        abort(HTTPStatus.NOT_FOUND)
    return confirm_page(
        Question(
            title=_("Bring in members"),
            sentence=_(
                "Write %(new)s new and %(changed)s changed memberships of %(file)s into the "
                "ledger: the count goes from %(before)s to %(after)s members.",
                new=f"{found['new']:,}",
                changed=f"{found['changed']:,}",
                file=one.file_name,
                before=f"{found['before']:,}",
                after=f"{found['after']:,}",
            ),
            more=(
                _("All rows are applied, or none."),
                _("The ledger only grows: to end such a membership, bring its row with an end."),
            ),
            action=url_for("desk_member_imports.apply", number=number),
            button=_("Bring them in"),
            back=url_for("desk_member_imports.show", number=number),
            ends=False,
        )
    )


@localized(bp, "/desk/imports/members/<int:number>/apply/", methods=("POST",))
@access("membership", fresh=True)
def apply(number: int) -> ResponseReturnValue:
    """Have a checked file applied."""
    one = _the_upload(number)
    try:
        uploading.ask_applying(db.session, one, who(), now(db.session))
    except OperatorError as error:
        return _refused(number, error)
    return _done(one, "member-import.applied", after={"foreseen": one.foreseen})


@localized(bp, "/desk/imports/members/<int:number>/undo/")
@access("membership", fresh=True)
def undoing(number: int) -> ResponseReturnValue:
    """Ask whether an import is taken back, and say what of it can be."""
    one = _the_upload(number)
    count = standing(db.session, one.import_id) if one.import_id else 0
    return confirm_page(
        Question(
            title=_("Take this import back"),
            sentence=_(
                "Take back what %(file)s said of %(count)s memberships, where nothing was said "
                "since.",
                count=f"{count:,}",
                file=one.file_name,
            ),
            more=(
                _("New memberships are revoked from their beginning; changed ones are as before."),
                _("The count moves at once; days that were published stay as they were."),
                _("The people stay known; the right file can bring them again."),
            ),
            action=url_for("desk_member_imports.undo", number=number),
            button=_("Take it back"),
            back=url_for("desk_member_imports.show", number=number),
        )
    )


@localized(bp, "/desk/imports/members/<int:number>/undo/", methods=("POST",))
@access("membership", fresh=True)
def undo(number: int) -> ResponseReturnValue:
    """Have an import of members taken back."""
    one = _the_upload(number)
    try:
        uploading.ask_undoing(db.session, one, now(db.session))
    except OperatorError as error:
        return _refused(number, error)
    return _done(one, "member-import.undone")


@localized(bp, "/desk/imports/members/<int:number>/drop/")
@access("membership")
def dropping(number: int) -> ResponseReturnValue:
    """Ask whether a file is given up."""
    one = _the_upload(number)
    return confirm_page(
        Question(
            title=_("Give this file up"),
            sentence=_(
                "Delete %(file)s from here, without bringing anybody in.", file=one.file_name
            ),
            action=url_for("desk_member_imports.drop_file", number=number),
            button=_("Give it up"),
            back=url_for("desk_member_imports.show", number=number),
        )
    )


@localized(bp, "/desk/imports/members/<int:number>/drop/", methods=("POST",))
@access("membership")
def drop_file(number: int) -> ResponseReturnValue:
    """Give a file up that was not applied."""
    one = _the_upload(number)
    try:
        stored = uploading.drop_brought(db.session, one, now(db.session))
    except OperatorError as error:
        return _refused(number, error)
    notice = _("The file was given up; nobody was brought in.")
    answer = _done(one, "member-import.dropped", notice)
    if stored is not None:
        drop(the_settings(), stored)
    return answer


def _done(
    one: MemberUpload, what: str, notice: str = "", after: dict[str, Any] | None = None
) -> ResponseReturnValue:
    deed = Deed(what, f"member-import:{one.id}", after=after or {})
    record(db.session, the_actor(), deed, now(db.session))
    db.commit()
    answer = make_response(
        redirect(url_for("desk_member_imports.show", number=one.id), HTTPStatus.SEE_OTHER)
    )
    return tell(answer, notice) if notice else answer


def _refused(number: int, error: OperatorError) -> Response:
    db.session.rollback()
    return _page(_the_upload(number), None, {"file": REASONS.told(str(error))}, HTTPStatus.CONFLICT)


def _the_upload(number: int) -> MemberUpload:
    return db.session.get(MemberUpload, number, with_for_update=is_posted()) or abort(
        HTTPStatus.NOT_FOUND
    )
