"""Moments as editors type them: in the newsroom's zone, where a clock is turned twice a year."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.moments import read_moment


def typed_moment(text: str, zone: ZoneInfo, field: str) -> datetime:
    """Return the moment that a field for date and time holds, in UTC.

    An hour that comes twice, when the clock is turned back, is the first of the two.

    Raises:
        FieldError: It is no moment, or one that the clock leaves out.
    """
    typed = text.strip()
    try:
        moment = read_moment(typed, zone)
    except (ValueError, OverflowError) as error:
        raise FieldError(field, _("Give a day and a time.")) from error
    if "T" not in typed:
        raise FieldError(field, _("Give a day and a time."))
    if f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" != typed[:16]:
        raise FieldError(field, _("The clock is turned then, and leaves this time out."))
    return moment.astimezone(UTC)
