"""The waiting page: says where to look, takes the code, asks again, corrects the address.

Its address is known to the browser that asked and to nobody else. It never shows what became of
the mail, nor whether there was one.
"""

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_network, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tokens import token_hash
from app.extensions import db
from app.newsletters import answering
from app.newsletters.addresses import accepted_address
from app.newsletters.confirming import Act, confirm, hash_for_code
from app.newsletters.forms import CODE_DIGITS, read_code, read_signup
from app.newsletters.models import SignupRequest
from app.newsletters.pages import NewsletterForm
from app.newsletters.queries import request_of

bp = Blueprint("waiting", __name__)

LATE_AFTER = timedelta(minutes=2)
LONGEST_CODE = 20


@localized(bp, "/newsletters/waiting/<token>")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Show the page."""
    asked = request_of(db.session, token_hash(token))
    return _elsewhere() if asked is None else _page(token, asked)


@localized(bp, "/newsletters/waiting/<token>/code", methods=("POST",))
@access("public", cross_site=True)
def take_code(token: str) -> ResponseReturnValue:
    """Confirm with the code from the mail, in the browser that asked."""
    answering.refuse_other_sites()
    asked = request_of(db.session, token_hash(token))
    if asked is None:
        return _elsewhere()
    code = read_code(request)
    if len(code) != CODE_DIGITS:  # a slip of the finger is no try
        said = _("The code has six digits; they stand in the email.")
        return _page(token, asked, said, HTTPStatus.UNPROCESSABLE_ENTITY)
    hashed = hash_for_code(db.session, the_settings(), asked.confirmation_id, code)
    act = Act("code", page_language(), the_network())
    lists = confirm(db.session, hashed or "", answering.all_lists(), act, now(db.session))
    db.commit()
    if hashed is None:
        sentence = _(
            "This code opens nothing. Look at the newest email; after five wrong codes only its "
            "button works."
        )
        return _page(token, asked, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answering.outcome(lists)


@localized(bp, "/newsletters/waiting/<token>/again", methods=("POST",))
@access("public", cross_site=True)
def ask_again(token: str) -> ResponseReturnValue:
    """Ask for the mail once more."""
    answering.refuse_other_sites()
    asked = request_of(db.session, token_hash(token))
    return _elsewhere() if asked is None else answering.repeat(asked)


@localized(bp, "/newsletters/waiting/<token>/address", methods=("GET", "POST"))
@access("public", cross_site=True)
def correct_address(token: str) -> ResponseReturnValue:
    """Take the right address for the same lists; what went to the wrong one is ended."""
    answering.refuse_other_sites()
    asked = request_of(db.session, token_hash(token))
    if asked is None:
        return _elsewhere()
    if request.method != "POST":
        return _address_page(token, asked.address)
    form = read_signup(request)
    db.release()  # nothing is held of the database while DNS is asked about the address
    try:
        address = accepted_address(
            form.email,
            the_settings(),
            answering.the_mailboxes(),
            as_typed=form.as_typed,
        )
    except FieldError as error:
        return _address_page(token, form.email, error)
    return answering.repeat(asked, address)


def _elsewhere() -> Response:
    title = _("This page belongs to the browser that asked")
    return private_page("newsletters/elsewhere.html", title, HTTPStatus.NOT_FOUND)


def _page(
    token: str, asked: SignupRequest, code_error: str = "", status: int = HTTPStatus.OK
) -> Response:
    left = LATE_AFTER - (now(db.session) - asked.created_at)
    return private_page(
        "newsletters/waiting.html",
        _("Look in your mailbox"),
        status,
        address=asked.address,
        code_only=asked.code_only,
        code_action=url_for("waiting.take_code", token=token),
        code_error=code_error,
        code_value=request.form.get("code", "")[:LONGEST_CODE],
        again_action=url_for("waiting.ask_again", token=token),
        wrong_address_url=url_for("waiting.correct_address", token=token),
        reload_url=url_for("waiting.show", token=token),
        late=left <= timedelta(),
        late_in=max(round(left.total_seconds()), 0),
    )


def _address_page(token: str, value: str = "", error: FieldError | None = None) -> Response:
    form = NewsletterForm(
        slug="",
        name=_("The right address"),
        description="",
        cadence="",
        action=url_for("waiting.correct_address", token=token),
        from_path="",
        field_id="email",
        value=value,
        error=error.message if error else "",
        suggestion=error.suggestion if error else "",
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return private_page("newsletters/address.html", form.name, status, form=form)
