"""What the views of newsletters share: the application's things, and pages that are never kept."""

from dataclasses import replace
from http import HTTPStatus

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.core.answering import home_url, page_language, private_page, the_network, the_settings
from app.core.languages import gettext as _
from app.core.tightening import is_tight
from app.extensions import db
from app.mail.addresses import Address
from app.newsletters.mailboxes import Mailboxes
from app.newsletters.models import SignupRequest
from app.newsletters.queries import List, lists_by_slug
from app.newsletters.rates import DOOR
from app.newsletters.service import CAP_SECONDS, Signup, take

MAILBOXES = "unwalled_mailboxes"
JSON_TYPE = "application/json"


def the_mailboxes() -> Mailboxes | None:
    """Return what asks DNS about domains, if anything does."""
    found: Mailboxes | None = current_app.extensions[MAILBOXES]
    return found


def wants_json() -> bool:
    """Tell whether a script asked, and not a browser for a page."""
    return JSON_TYPE in request.headers.get("Accept", "")


def all_lists() -> tuple[List, ...]:
    """Return every list, in the newsroom's order."""
    return tuple(lists_by_slug(db.database).values())


def list_names(ids: list[int]) -> list[str]:
    """Return the names of lists in the page's language."""
    return [one.name(page_language()) for one in all_lists() if one.id in ids]


def refuse_other_sites() -> None:
    """Refuse what a browser says another site sent.

    Our secret pages send no referrer, so browsers call their origin `null`; the guard would turn
    away those that send nothing better. Whoever knows the address has authenticated themselves.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method == "POST" and site not in {"same-origin", "none"}:
        abort(HTTPStatus.FORBIDDEN)


def outcome(lists: list[List] | None) -> Response:
    """Return the page after a confirmation: thanks, or that somebody was quicker."""
    if lists is None:
        title = _("This link has been used")
        return private_page("newsletters/confirm.html", title, state="used")
    return private_page(
        "newsletters/done.html",
        _("Confirmed. Thank you"),
        lists=[one.name(page_language()) for one in lists],
        home_url=home_url(),
    )


def repeat(asked: SignupRequest, address: Address | None = None) -> ResponseReturnValue:
    """Ask once more for the lists of an earlier sign-up, for another address if one is given."""
    kind = "again" if address is None else "corrected"
    signup = Signup(
        kind="trap" if asked.kind == "trap" else kind,
        address=address.text if address else asked.address,
        address_key=address.key if address else asked.address_key,
        lists=tuple(asked.lists),
        language=page_language(),
        from_path=asked.from_path,
        form=asked.form,
        network_hash=the_network(),
        corrects_id=asked.id if address else None,
    )
    if is_tight(db.database, DOOR):
        signup = replace(signup, code_only=True)
    token = keep(signup)
    if token is None:
        return too_many(signup)
    return redirect(url_for("waiting.show", token=token), HTTPStatus.SEE_OTHER)


def keep(signup: Signup) -> str | None:
    """Keep a sign-up for good; return its waiting page's token, None if its network had enough."""
    db.release()  # the row is written on a connection of its own, which must not wait for ours
    settings = the_settings()
    caps = (settings.signups_per_network, settings.signups_without_script)
    return take(db.database, signup, *caps)


def too_many(signup: Signup) -> Response:
    """Return the answer to a network that had its share, or to all who come without script."""
    sentence = _("Too many sign-ups came from your network. Please try again in an hour.")
    if signup.code_only:
        sentence = _(
            "Far too many sign-ups reach us just now. Please try again in an hour, or in a browser "
            "in which scripts run."
        )
    if wants_json():
        answer = jsonify({"errors": {"email": sentence}})
    else:
        page = render_template(
            "errors/error.html",
            code=int(HTTPStatus.TOO_MANY_REQUESTS),
            heading=_("That was a little much"),
            text=sentence,
            home_url=home_url(),
        )
        answer = make_response(page)
    answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
    answer.headers["Retry-After"] = str(CAP_SECONDS)
    return answer
