"""Tokens of the API: made with what they may, shown once, revoked."""

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.house.token_tables import scope_words, token_table
from app.desk.list_pages import list_page
from app.extensions import db
from app.newsletters.api.schemas import SCOPES
from app.people import tokens as service
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.token_models import ApiToken

bp = Blueprint("desk_tokens", __name__)

LIST = "desk_tokens.tokens"
LONGEST_NAME = 80
LONGEST_DAYS = 3650


@localized(bp, "/desk/tokens/")
@access("admin")
def tokens() -> ResponseReturnValue:
    """Show every token, but for itself."""
    return list_page("desk/house/tokens.html", _("API tokens"), token_table(now(db.session)))


@localized(bp, "/desk/tokens/new/")
@access("admin", fresh=True)
def new() -> ResponseReturnValue:
    """Show the form of a new token."""
    return _form({}, [])


@localized(bp, "/desk/tokens/new/", methods=("POST",))
@access("admin", fresh=True)
def make() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    typed, scopes = request.form, request.form.getlist("scope")
    moment = now(db.session)
    try:
        name, days = _read_name(typed.get("name", "")), _read_days(typed.get("days", ""))
        _check_scopes(scopes)
        until = moment + timedelta(days=days) if days else None
        token = service.create(db.session, name, scopes, moment, until)
    except service.TokenNameTakenError:
        said = _("There is a token of this name, or was one: choose another, and logs stay clear.")
        return _form(typed, scopes, FieldError("name", said))
    except FieldError as error:
        return _form(typed, scopes, error)
    made = _named(db.session, name)
    after = {"name": name, "scopes": sorted(scopes), "days": days}
    record(db.session, the_actor(), Deed("token.made", f"token:{made.id}", after=after), moment)
    db.commit()
    return desk_page(
        "desk/house/secret.html",
        _("The token of %(name)s", name=name),
        secret=token,
        says=_("Whoever holds it may: %(scopes)s.", scopes=scope_words(scopes)),
        back_url=url_for(LIST),
    )


@localized(bp, "/desk/tokens/<int:number>/revoke/")
@access("admin", fresh=True)
def ask_revoke(number: int) -> ResponseReturnValue:
    """Ask whether a token is to open nothing any more."""
    row = _held(number)
    return confirm_page(
        Question(
            title=_("Revoke a token"),
            sentence=_("Revoke the token of %(name)s.", name=row.name),
            action=url_for("desk_tokens.revoke", number=number),
            button=_("Revoke it"),
            back=url_for(LIST),
            more=(_("The system that uses it is shut out at once, and for good."),),
        )
    )


@localized(bp, "/desk/tokens/<int:number>/revoke/", methods=("POST",))
@access("admin", fresh=True)
def revoke(number: int) -> ResponseReturnValue:
    """End a token at once."""
    row, moment = _held(number), now(db.session)
    if not service.revoke(db.session, row.name, moment):
        return then(LIST, _("That token had ended already."))
    record(db.session, the_actor(), Deed("token.revoked", f"token:{number}"), moment)
    db.commit()
    return then(LIST, _("The token of %(name)s opens nothing any more.", name=row.name))


def _held(number: int) -> ApiToken:
    row = db.session.get(ApiToken, number)
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _named(session: Session, name: str) -> ApiToken:
    return next(one for one in service.every(session) if one.name == name)


def _read_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise FieldError("name", _("Write which system it is for, in 1 to 80 signs."))
    return name


def _read_days(text: str) -> int:
    days = text.strip() or "0"
    if not days.isdecimal() or int(days) > LONGEST_DAYS:
        raise FieldError("days", _("Write a whole number of days, up to 3650, or nothing."))
    return int(days)


def _check_scopes(scopes: list[str]) -> None:
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise FieldError("scope", _("Tick at least one thing that it may do."))


def _form(typed: object, scopes: list[str], error: FieldError | None = None) -> ResponseReturnValue:
    return desk_page(
        "desk/house/token_new.html",
        _("New API token"),
        HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed,
        scopes=[(one, scope_words([one]), one in scopes) for one in SCOPES],
        wrong=error.field if error else "",
        error=error.message if error else "",
        back_url=url_for(LIST),
    )
