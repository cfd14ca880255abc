"""What is asked of an export, read out of its form."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.core.days import beginning_of
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.settings import Settings
from app.desk.exports.products import MEMBERS, PAYMENTS, SUBSCRIBERS, Wanted
from app.newsletters.models import STATES, Newsletter

LONGEST_SOURCE = 120


def read_wanted(session: Session, settings: Settings, form: MultiDict[str, str]) -> Wanted:
    """Return what is asked for.

    Raises:
        FieldError: Something of it is nothing that could be asked.
    """
    kind = form.get("kind", "")
    if kind not in {SUBSCRIBERS, MEMBERS, PAYMENTS}:
        raise FieldError("kind", _("Please choose what you want to take away."))
    if kind == SUBSCRIBERS:
        return Wanted(kind, _segment(session, settings, form))
    return Wanted(kind, _period(form) if kind == PAYMENTS else {})


def _segment(session: Session, settings: Settings, form: MultiDict[str, str]) -> dict[str, object]:
    rows = session.execute(select(Newsletter.slug, Newsletter.id))
    known = {slug: number for slug, number in rows}  # noqa: C416 - rows, not pairs
    since = _day(form, "since")
    return {
        "lists": [known[slug] for slug in form.getlist("list") if slug in known],
        "states": [one for one in form.getlist("state") if one in STATES],
        "language": form.get("language") if form.get("language") in LANGUAGES else "",
        "since": beginning_of(since, settings.time_zone).isoformat() if since else "",
        "source": form.get("source", "").strip()[:LONGEST_SOURCE],
    }


def _period(form: MultiDict[str, str]) -> dict[str, object]:
    first, last = _day(form, "first"), _day(form, "last")
    for name, day in (("first", first), ("last", last)):
        if day is None:
            raise FieldError(name, _("Please give a day like 2027-01-31."))
    assert first is not None and last is not None  # noqa: PT018, S101 - just looked at
    if last < first:
        raise FieldError("last", _("The last day is before the first."))
    currency = form.get("currency", "")
    is_code = len(currency) == 3 and currency.isascii() and currency.isalpha()  # noqa: PLR2004 - ISO 4217
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "currency": currency.upper() if is_code else "",
    }


def _day(form: MultiDict[str, str], name: str) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FieldError(name, _("Please give a day like 2027-01-31.")) from error
