"""What the views of settings share: who asks, how often they may, and what leads on."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, private_page, the_network, the_settings
from app.core.bell import ring
from app.core.caps import note_use, uses
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.tokens import keyed_hash, token_hash
from app.extensions import db
from app.newsletters.confirming import Act
from app.newsletters.preferences import links
from app.newsletters.preferences.links import Opened
from app.newsletters.preferences.preferences import FORM

LANE = "settings-links"
USE = "settings"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_PER_NETWORK = 60
MOST_PER_PERSON = ((HOUR, 3), (DAY, 5))
"""How often one network may ask for one person; the mails to a person are capped higher, so that
nobody can keep them out."""
OF_PERSON = 14  # hex digits of a keyed hash


def act() -> Act:
    """Return what is written down of whoever presses a button on a page of settings."""
    return Act(FORM, page_language(), the_network())


def opened_by(token: str) -> Opened | None:
    """Return what the token of an address opens now."""
    return links.opened(db.session, token_hash(token), now(db.session))


def ask_for_link(who: str | int) -> ResponseReturnValue:
    """Take a wish for the link to all settings, and answer the same to everybody.

    Args:
        who: The key of an address as it was typed, or the id of whose mail carried the button.
    """
    moment, network = now(db.session), the_network()
    hashed = keyed_hash(the_settings().secret_key, "settings-of", str(who))[:OF_PERSON]
    of_person = f"{USE}:{hashed}"
    if _has_had_enough(network, of_person, moment):
        db.commit()  # of nothing: what the page still reads, it reads without writing
        return too_many()
    note_use(db.session, USE, network, moment)
    note_use(db.session, of_person, network, moment)
    links.ask(db.session, the_settings(), who, page_language(), moment)
    ring(db.session, LANE)
    db.commit()
    return redirect(url_for("settings_links.sent"), HTTPStatus.SEE_OTHER)


def _has_had_enough(network: str, of_person: str, moment: datetime) -> bool:
    """Tell whether a network asked often enough; it is counted alike whoever is known."""
    if uses(db.session, USE, moment - HOUR, network) >= MOST_PER_NETWORK:
        return True
    return any(
        uses(db.session, of_person, moment - time, network) >= most
        for time, most in MOST_PER_PERSON
    )


def too_many() -> Response:
    """Return the answer to a network that had its share."""
    answer = private_page(
        "newsletters/settings_sent.html",
        _("That was a little much"),
        HTTPStatus.TOO_MANY_REQUESTS,
        state="enough",
    )
    answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
    return answer


def gone() -> Response:
    """Return the answer to a link that opens nothing, or nothing any more."""
    title = _("This link opens nothing any more")
    return private_page("newsletters/settings_sent.html", title, HTTPStatus.GONE, state="gone")
