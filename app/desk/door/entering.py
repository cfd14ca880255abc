"""The cookies of whoever comes to the desk, and the answer that lets somebody in."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from app.core.answering import NO_REFERRER, the_network
from app.core.bell import ring
from app.desk.door.leading import way_to
from app.extensions import db
from app.people import answering, staff_devices, staff_entries, staff_sessions
from app.people.sessions import cookie_name, drop_cookie, put_cookie
from app.people.staff_arrivals import Arrival, arrive
from app.people.staff_credentials_models import StaffEntry
from app.people.staff_sessions import staff_here

ENTRY, DEVICE = "desk-entry", "desk-device"
LONGEST_AGENT = 400


def the_entry(kinds: tuple[str, ...], moment: datetime) -> StaffEntry | None:
    """Return what this browser has shown so far, if it is open."""
    return staff_entries.found(db.session, the_cookie(ENTRY), kinds, moment)


def the_cookie(name: str) -> str:
    """Return the secret in a cookie, or an empty text."""
    return request.cookies.get(cookie_name(name), "")


def keep_entry(answer: Response, token: str, lasts: timedelta) -> Response:
    """Have the browser keep how far it has come."""
    answer.headers["Referrer-Policy"] = NO_REFERRER
    return put_cookie(answer, ENTRY, token, lasts)


def the_arrival(staff_id: int, by: str) -> Arrival:
    """Return somebody who has proved who they are in this browser."""
    here = staff_here()
    return Arrival(
        staff_id=staff_id,
        by=by,
        network=the_network(),
        agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        device=the_cookie(DEVICE),
        session_id=here.session_id if here is not None else 0,
    )


def let_in(staff_id: int, by: str, wanted: str | None, moment: datetime) -> Response:
    """Let somebody in, and lead them to the page that they wanted; commits."""
    secrets = come_in(staff_id, by, moment)
    way = way_to(wanted) or url_for("desk_sign_in.form")
    return seated(make_response(redirect(way, HTTPStatus.SEE_OTHER)), secrets)


def come_in(staff_id: int, by: str, moment: datetime) -> tuple[str, str]:
    """Begin somebody's session and commit; return the secrets for the browser's cookies."""
    secrets = arrive(db.session, the_arrival(staff_id, by), moment)
    ring(db.session, "mail")
    db.commit()
    return secrets


def seated(answer: Response, secrets: tuple[str, str]) -> Response:
    """Give the browser the secrets of a session that has just begun."""
    put_cookie(answer, staff_sessions.COOKIE, secrets[0], staff_sessions.LASTS)
    put_cookie(answer, DEVICE, secrets[1], staff_devices.LASTS)
    drop_cookie(answer, ENTRY)
    return drop_cookie(answer, answering.DESK_COOKIE)
