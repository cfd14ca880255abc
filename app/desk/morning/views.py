"""The morning page, how its numbers are made, and whether it also comes by mail."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.morning.asked import AT, at_present, read_at
from app.desk.morning.how import definitions
from app.desk.morning.reading import Asked, Morning, morning, top
from app.desk.morning.voice import Voice
from app.desk.notices import tell
from app.extensions import db
from app.goal.standing import WINDOWS
from app.memberships.flows import WAYS
from app.people import staff_morning
from app.people.acting import the_actor
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_morning", __name__)

ATTENTION = "desk_attention.needs"
TOP = 8
WHOLE_METER = 1000


@localized(bp, "/desk/")
@access("staff")
def show() -> ResponseReturnValue:
    """Show where the drive stands, now or on a past morning."""
    try:
        return morning_page(read_at())
    except FieldError as error:
        return morning_page(at_present(), error.message)


def morning_page(asked: Asked, error: str = "") -> ResponseReturnValue:
    """Return the page; with an error it is that of the present, and what was typed stays."""
    found = morning(db.session, asked)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return desk_page(
        "desk/morning/morning.html",
        _("Morning"),
        status,
        found=found,
        standing=found.standing,
        voice=Voice(page_language(), asked.zone),
        error=error,
        typed=request.args.get(AT, "") if error else _typed(asked),
        by_mail=staff_morning.wants(db.session, at_the_desk().staff_id),
        mail_hour=f"{the_settings().morning_hour:02}:00",
        **_links(asked),
        **_parts(found),
    )


def _typed(asked: Asked) -> str:
    local = asked.now.astimezone(asked.zone)
    return f"{local:%Y-%m-%dT%H:%M}" if asked.is_past else ""


def _at(asked: Asked) -> str | None:
    """Return what addresses of rows say, so that they show what the page counts."""
    return f"{asked.now:%Y-%m-%dT%H:%M:%S.%fZ}" if asked.is_past else None


def _links(asked: Asked) -> dict[str, Any]:
    """Return what makes addresses: of the rows behind a number, and of what a word means."""
    at = _at(asked)

    def rows(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - parts of an address
        return url_for(f"desk_morning_rows.{endpoint}", **{**values, AT: at})

    def how(name: str) -> str:
        return url_for("desk_morning.how", _anchor=name)

    attention = ATTENTION in current_app.view_functions
    return {
        "rows": rows,
        "how": how,
        "attention_url": url_for(ATTENTION) if attention else "",
    }


def _parts(found: Morning) -> dict[str, Any]:
    standing, language = found.standing, page_language()
    count, campaign = standing.count, standing.campaign
    filled = 0
    if count is not None and campaign is not None:
        filled = min(WHOLE_METER, count.members * WHOLE_METER // campaign.goal)
    return {
        "filled": filled,
        "campaign_name": in_language(campaign.name, language) if campaign else "",
        "windows": _windows(),
        "ways": WAYS,
        "pages": top(found.pages, TOP),
        "asks": top(found.asks, TOP),
        "list_names": {one.slug: in_language(one.names, language) for one in found.lists},
        "today": found.asked.today,
    }


def _windows() -> list[tuple[str, int, str]]:
    """Return (name, days, words) of each stretch."""
    words = {"today": _("today"), "7 d": _("7 days"), "28 d": _("28 days")}
    return [(name, days, words[name]) for name, days in WINDOWS.items()]


@localized(bp, "/desk/morning/by-mail/", methods=("POST",))
@access("staff")
def by_mail() -> ResponseReturnValue:
    """Turn one's own mail on or off."""
    here, wanted = at_the_desk(), request.form.get("by_mail") == "1"
    staff_morning.choose(db.session, the_actor(), here.staff_id, now(db.session), by_mail=wanted)
    db.commit()
    said = _("The morning comes by mail from now on.") if wanted else _("The mail has stopped.")
    back = redirect(url_for("desk_morning.show"), HTTPStatus.SEE_OTHER)
    return tell(make_response(back), said)


@localized(bp, "/desk/morning/how/")
@access("staff")
def how() -> ResponseReturnValue:
    """Say what each number is, and how it is made."""
    title = _("How these numbers are made")
    return desk_page("desk/morning/morning_how.html", title, definitions=definitions())
