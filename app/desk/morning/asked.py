"""Which morning an address asks for, and which stretch of time."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from flask import request
from werkzeug.exceptions import NotFound

from app.core.answering import the_settings
from app.core.clock import now
from app.core.days import A_DAY, beginning_of
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.moments import read_moment
from app.desk.morning.reading import AT_HOUR, Asked
from app.extensions import db
from app.people.staff_models import MEMBERSHIP
from app.people.staff_sessions import at_the_desk

AT = "at"
LONGEST_TEXT = 40
LONGEST = 366
SHORT = len("2026-11-26")
OFFSET = re.compile(r"(:\d\d) (\d\d:?\d\d)$")
"""A zone's offset as it comes in an address: there a plus, if it is not escaped, is a space."""


def at_present() -> Asked:
    """Return that the present is asked for."""
    moment = now(db.session)
    return Asked(moment, the_settings().time_zone, with_value=at_the_desk().may(MEMBERSHIP))


def read_at() -> Asked:
    """Return which morning is asked for: a day means eight o'clock on it.

    Raises:
        FieldError: It is no moment, or one that has not come yet.
    """
    present, text = at_present(), request.args.get(AT, "").strip()[:LONGEST_TEXT]
    text = OFFSET.sub(r"\1+\2", text)
    if not text:
        return present
    try:
        moment = read_moment(text, present.zone)
        if len(text) == SHORT:
            moment = datetime.combine(date.fromisoformat(text), AT_HOUR, present.zone)
    except ValueError as error:
        sentence = _("Please write a day like 2026-11-20, with a time after T if you like.")
        raise FieldError(AT, sentence) from error
    if moment > present.now:
        raise FieldError(AT, _("That moment has not come yet."))
    return replace(present, now=moment, is_past=True)


def asked_or_missing() -> Asked:
    """Return which morning a list of rows is asked for; an address that says nonsense has none."""
    try:
        return read_at()
    except FieldError as error:
        raise NotFound from error


def read_stretch(asked: Asked) -> tuple[datetime, datetime]:
    """Return the moments between which rows are asked for, both included.

    `days` are the last days of the newsroom, today included; `full` so many before today; `day` is
    one alone.

    Raises:
        NotFound: The address says no stretch.
    """
    day = request.args.get("day", "")
    try:
        if day:
            return _one_day(asked, date.fromisoformat(day[:SHORT]))
        full = request.args.get("full", "")
        many = int(full or request.args.get("days", "1"))
    except (ValueError, OverflowError) as error:
        raise NotFound from error
    if not 1 <= many <= LONGEST:
        raise NotFound
    if not full:
        return asked.days(many).since, asked.now
    today = beginning_of(asked.today, asked.zone)
    return beginning_of(asked.today - many * A_DAY, asked.zone), today - timedelta(microseconds=1)


def _one_day(asked: Asked, day: date) -> tuple[datetime, datetime]:
    ends = beginning_of(day + A_DAY, asked.zone) - timedelta(microseconds=1)
    return beginning_of(day, asked.zone), min(ends, asked.now)
