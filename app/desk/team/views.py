"""The team: everybody with their role, and those who are invited; for administrators."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Row, func, or_

from app.core.answering import page_language, the_settings
from app.core.bell import ring
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.list_pages import list_page
from app.desk.listing import Cell, Column, Filter, Table
from app.desk.moments import shown_moment
from app.desk.notices import tell
from app.desk.team.words import role_meanings, role_words, state_words
from app.extensions import db
from app.mail.addresses import AddressError, read_address
from app.mail.faults import said_of
from app.people import staff_invitations, staff_listing
from app.people.acting import the_actor
from app.people.models import Person
from app.people.staff_errors import CannotInviteError
from app.people.staff_invitations import Invited
from app.people.staff_listing import HERE, INVITED, LATE, LEFT
from app.people.staff_models import EDITOR, ROLES, Staff
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_team", __name__)

LONGEST_NAME = 120
LONGEST_ADDRESS = 320


@localized(bp, "/desk/team/")
@access("admin")
def index() -> ResponseReturnValue:
    """List the team."""
    return list_page("desk/team/team.html", _("Team"), _table())


@localized(bp, "/desk/team/<int:staff_id>/")
@access("admin")
def show(staff_id: int) -> ResponseReturnValue:
    """Show one of the team, and what can be done."""
    row = row_of(staff_id)
    return desk_page(
        "desk/team/member_of_team.html",
        name_of(row),
        row=row,
        role=role_words(row.role),
        state=state_words(row.state),
        states={"here": HERE, "invited": INVITED, "late": LATE, "left": LEFT},
        roles=role_meanings(),
        moment=shown_moment,
    )


@localized(bp, "/desk/team/invite/")
@access("admin", fresh=True)
def form() -> ResponseReturnValue:
    """Ask whom to invite."""
    return _form_page()


@localized(bp, "/desk/team/invite/", methods=("POST",))
@access("admin", fresh=True)
def invite() -> ResponseReturnValue:
    """Invite somebody, and have the mail leave."""
    typed, settings = request.form.get("email", "")[:LONGEST_ADDRESS], the_settings()
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    role = request.form.get("role", "")
    if role not in ROLES:
        return _form_page(role_error=_("Choose what they will do."))
    try:
        found = read_address(
            typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
        whom = Invited(found.text, found.key, role, page_language(), name)
        staff_invitations.invite(db.session, settings, the_actor(), whom, now(db.session))
    except AddressError as error:
        return _form_page(said_of(error.fault))
    except CannotInviteError as error:
        db.session.rollback()
        return _form_page(_taken(error))
    ring(db.session, "mail")
    db.commit()
    answer = make_response(redirect(url_for("desk_team.index"), HTTPStatus.SEE_OTHER))
    return tell(answer, _("The invitation to %(address)s is on its way.") % {"address": found.text})


def row_of(staff_id: int) -> Row[Any]:
    """Return one of the team as its list shows them; 404 if there is no such person."""
    asked = staff_listing.team(now(db.session)).where(Staff.id == staff_id)
    row = db.session.execute(asked).one_or_none()
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)


def name_of(row: Row[Any]) -> str:
    """Return what one of the team is called: by their name, else by their address."""
    return str(row.name or row.address or _("Staff"))


def _table() -> Table:
    rows = staff_listing.team(at_the_desk().now)
    columns = rows.selected_columns
    return Table(
        name="team",
        rows=rows,
        key=Staff.id,
        columns=(
            Column("name", lambda: _("Name"), _name, Person.name),
            Column("address", lambda: _("Email address"), lambda row: row.address or ""),
            Column("role", lambda: _("Role"), lambda row: role_words(row.role), Staff.role),
            Column("state", lambda: _("State"), _state, columns["state"]),
            Column(
                "last_seen",
                lambda: _("Last seen"),
                lambda row: row.last_seen,
                columns["last_seen"],
            ),
        ),
        order="name",
        empty=lambda: _("Nobody is here yet. Invite somebody."),
        search=_found,
        search_title=lambda: _("Name or address"),
        filters=(
            Filter(
                "role",
                lambda: _("Role"),
                (("", _("every role")), *((one, role_words(one)) for one in ROLES)),
                lambda role: Staff.role == role,
            ),
        ),
        personal=True,
    )


def _found(words: str) -> ColumnElement[bool]:
    address = staff_listing.address()
    sought = words.lower()
    return or_(
        func.lower(Person.name).contains(sought, autoescape=True),
        func.lower(address).contains(sought, autoescape=True),
    )


def _name(row: Row[Any]) -> Cell:
    return Cell(name_of(row), url_for("desk_team.show", staff_id=row.id))


def _state(row: Row[Any]) -> Cell:
    words, mark = state_words(row.state)
    if row.state == INVITED:
        return Cell(_("invited until %(when)s"), mark=mark, when=row.until)
    return Cell(words, mark=mark)


def _form_page(error: str = "", role_error: str = "") -> Response:
    wrong = error or role_error
    return desk_page(
        "desk/team/invite.html",
        _("Invite somebody"),
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        value=request.form.get("email", "")[:LONGEST_ADDRESS],
        name=request.form.get("name", "")[:LONGEST_NAME],
        chosen=request.form.get("role", EDITOR),
        roles=role_meanings(),
        error=error,
        role_error=role_error,
    )


def _taken(error: CannotInviteError) -> str:
    if error.why == "several":
        return _(
            "Whoever has this address has others too, and each would sign in here:"
            " undo the merge that brought them together, or invite another address."
        )
    if error.why == "replaced":
        return _("This address opens nothing any more: another has replaced it. Invite that one.")
    return _("Whoever has this address works here already, or is invited.")
