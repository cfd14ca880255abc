"""Taking data away: counted before, confirmed in words, at once or prepared, written down."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.days import day_of
from app.core.errors import FieldError, OperatorError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.private_files import path_of
from app.core.routes import access, localized
from app.desk.asking import is_posted, who
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.exports import preparing
from app.desk.exports import products as export_products
from app.desk.exports import words as export_words
from app.desk.exports.forms import read_wanted
from app.desk.exports.models import PreparedExport
from app.desk.exports.products import EVERYTHING, PAYMENTS, Wanted
from app.desk.exports.tables import prepared
from app.desk.imports.words import subscription_states
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.desk.notices import tell
from app.extensions import db
from app.memberships import exporting as money
from app.memberships.money_models import Payment
from app.newsletters.models import STATES
from app.newsletters.queries import read_lists
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_models import ADMIN
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_exports", __name__)


@localized(bp, "/desk/exports/")
@access("membership")
def index() -> ResponseReturnValue:
    """List the files that were prepared, and what can be taken away."""
    return list_page(
        "desk/exports/index.html", _("Exports"), prepared(), may_all=at_the_desk().role == ADMIN
    )


@localized(bp, "/desk/exports/new/")
@access("membership")
def new() -> ResponseReturnValue:
    """Ask what is to be taken away."""
    return _form(request.args)


def _form(
    told: MultiDict[str, str],
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    today = day_of(now(db.session), the_settings().time_zone)
    return desk_page(
        "desk/exports/new.html",
        _("Take data away"),
        status,
        told=told,
        kind=told.get("kind", "subscribers"),
        errors=errors or {},
        lists=[(one.slug, one.name(page_language())) for one in read_lists(db.session)],
        states={one: subscription_states()[one] for one in STATES},
        languages=LANGUAGES,
        currencies=sorted(db.session.scalars(select(Payment.currency).distinct())),
        first=told.get("first") or today.replace(day=1).isoformat(),
        last=told.get("last") or today.isoformat(),
        zone=export_words.zone_name(),
    )


@localized(bp, "/desk/exports/confirm/")
@access("membership", fresh=True)
def confirming() -> ResponseReturnValue:
    """Say how much would be taken away, and ask."""
    try:
        wanted = read_wanted(db.session, the_settings(), request.args)
    except FieldError as error:
        return _form(request.args, {error.field: error.message}, HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = request.query_string.decode()
    return _question(wanted, url_for("desk_exports.take"), {"asked": asked})


@localized(bp, "/desk/exports/everything/")
@access("admin", fresh=True)
def confirming_everything() -> ResponseReturnValue:
    """Say what all of it is, and ask."""
    return _question(Wanted(EVERYTHING, {}), url_for("desk_exports.take_everything"), {})


def _question(wanted: Wanted, action: str, fields: dict[str, str]) -> Response:
    count = export_products.count(db.session, the_settings(), wanted, now(db.session))
    more = export_words.narrowing(wanted, read_lists(db.session))
    if wanted.kind == PAYMENTS:
        more += export_words.summed(money.sums(db.session, wanted.period(the_settings())))
        more.append(_("Nobody is named in it: the number of the receipt says whose it is."))
    elif wanted.kind == EVERYTHING:
        more.append(_("Keep it as safe as the database. It is of use with the permanent key only."))
    if not _is_at_once(wanted, count):
        more.append(_("It is prepared in the background and kept for seven days."))
    more.append(_("That you took it is written into the audit log."))
    return confirm_page(
        Question(
            title=_("Take data away"),
            sentence=export_words.sentence(wanted, count),
            action=action,
            button=_("Take it away"),
            back=url_for("desk_exports.index"),
            more=tuple(more),
            fields=fields,
            ends=False,
        )
    )


@localized(bp, "/desk/exports/take/", methods=("POST",))
@access("membership", fresh=True)
def take() -> ResponseReturnValue:
    """Answer with the file if it is small, else have it prepared."""
    asked = MultiDict(parse_qsl(request.form.get("asked", "")))
    try:
        return _take(read_wanted(db.session, the_settings(), asked))
    except FieldError as error:
        return _form(asked, {error.field: error.message}, HTTPStatus.UNPROCESSABLE_ENTITY)


@localized(bp, "/desk/exports/everything/", methods=("POST",))
@access("admin", fresh=True)
def take_everything() -> ResponseReturnValue:
    """Have everything prepared."""
    return _take(Wanted(EVERYTHING, {}))


def _take(wanted: Wanted) -> ResponseReturnValue:
    moment = now(db.session)
    count = export_products.count(db.session, the_settings(), wanted, moment)
    after = {"kind": wanted.kind, "rows": count, **wanted.wishes}
    if _is_at_once(wanted, count):
        deed = Deed("export.taken", f"export:{wanted.kind}", after=after)
        record(db.session, the_actor(), deed, moment)
        db.commit()
        return _at_once(wanted)
    one = preparing.ask(db.session, the_settings(), wanted, who(), moment)
    record(db.session, the_actor(), Deed("export.asked", _about(one), after=after), moment)
    db.commit()
    return redirect(url_for("desk_exports.show", number=one.id), HTTPStatus.SEE_OTHER)


def _is_at_once(wanted: Wanted, count: int) -> bool:
    return wanted.kind != EVERYTHING and count <= preparing.AT_ONCE


def _at_once(wanted: Wanted) -> Response:
    settings, moment = the_settings(), now(db.session)
    name = wanted.file_name(day_of(moment, settings.time_zone))
    db.release()
    pieces = export_products.lines(db.database, settings, wanted, moment)
    answer = Response(stream_with_context(pieces), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@localized(bp, "/desk/exports/<int:number>/")
@access("membership")
def show(number: int) -> ResponseReturnValue:
    """Show how far a file is, and lead to it once it is ready."""
    one = _the_export(number)
    wanted = Wanted(one.kind, one.wishes)
    return desk_page(
        "desk/exports/show.html",
        one.file_name,
        one=one,
        words=export_words,
        sentence=export_words.sentence(wanted, one.total),
        more=export_words.narrowing(wanted, read_lists(db.session)),
        is_there=preparing.is_there(the_settings(), one),
        until=shown_moment(one.ready_at + preparing.KEPT) if one.ready_at else "",
        going_on=one.state == "preparing",
        at=shown_moment,
    )


@localized(bp, "/desk/exports/<int:number>/file")
@access("membership", fresh=True)
def download(number: int) -> ResponseReturnValue:
    """Give a file that was prepared to whoever proved lately who they are."""
    one = _the_export(number)
    if not preparing.is_there(the_settings(), one) or one.stored is None:
        abort(HTTPStatus.GONE)
    with db.database.write() as session:
        record(session, the_actor(), Deed("export.downloaded", _about(one)), now(session))
        session.commit()
    return send_file(
        path_of(the_settings(), one.stored).absolute(),
        mimetype="application/zip" if one.kind == EVERYTHING else "text/csv",
        as_attachment=True,
        download_name=one.file_name,
        conditional=False,
        max_age=0,
    )


@localized(bp, "/desk/exports/<int:number>/stop/", methods=("POST",))
@access("membership")
def stop(number: int) -> ResponseReturnValue:
    """Give up a file that is being prepared."""
    one = _the_export(number)
    try:
        preparing.stop(db.session, one, now(db.session))
    except OperatorError:
        abort(HTTPStatus.CONFLICT)
    return _done(one, "export.stopped", _("It is not prepared any more."))


@localized(bp, "/desk/exports/<int:number>/delete/")
@access("membership")
def deleting(number: int) -> ResponseReturnValue:
    """Ask whether a file is deleted before its time."""
    one = _the_export(number)
    return confirm_page(
        Question(
            title=_("Delete a prepared file"),
            sentence=_("Delete %(file)s: nobody can take it away any more.", file=one.file_name),
            action=url_for("desk_exports.delete", number=number),
            button=_("Delete it"),
            back=url_for("desk_exports.show", number=number),
        )
    )


@localized(bp, "/desk/exports/<int:number>/delete/", methods=("POST",))
@access("membership")
def delete(number: int) -> ResponseReturnValue:
    """Delete a file before its time."""
    one = _the_export(number)
    if one.state != "ready":
        abort(HTTPStatus.CONFLICT)
    preparing.forget(db.session, one, now(db.session))
    return _done(one, "export.deleted", _("The file can be taken away by nobody any more."))


def _done(one: PreparedExport, what: str, notice: str) -> ResponseReturnValue:
    record(db.session, the_actor(), Deed(what, _about(one)), now(db.session))
    db.commit()
    to = url_for("desk_exports.show", number=one.id)
    return tell(make_response(redirect(to, HTTPStatus.SEE_OTHER)), notice)


def _the_export(number: int) -> PreparedExport:
    one = db.session.get(PreparedExport, number, with_for_update=is_posted()) or abort(
        HTTPStatus.NOT_FOUND
    )
    if one.kind == EVERYTHING and at_the_desk().role != ADMIN:
        abort(HTTPStatus.FORBIDDEN)
    return one


def _about(one: PreparedExport) -> str:
    return f"export:{one.id}"
