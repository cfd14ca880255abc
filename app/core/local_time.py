"""Moments as people write them by the clock on the wall, also on the days when it is changed.

Once a year an hour of the clock does not exist, and once a year it comes twice. Nobody's campaign
is to begin an hour off for it: the first is refused, the second asks which one is meant.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import FieldError
from app.core.languages import gettext as _

WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?", re.ASCII)
FIRST, SECOND = "first", "second"
FIRST_YEAR, LAST_YEAR = 2000, 2199


class TwiceError(FieldError):
    """The clock shows this twice on that day, and nobody said which one is meant."""


def read_local(field: str, text: str, zone: ZoneInfo, which: str = "") -> datetime:
    """Return the moment, in UTC, at which the clock in a zone shows what was typed.

    Args:
        field: Whose error it is.
        text: As a date-time field sends it: `2027-03-28T09:00`.
        zone: The newsroom's.
        which: `first` or `second` where the clock shows it twice, else anything.

    Raises:
        TwiceError: The clock shows it twice, and `which` does not say.
        FieldError: It is no date and time, or the clock never shows it.
    """
    found = WRITTEN.fullmatch(text.strip())
    try:
        wall = datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
    except ValueError:
        wall = None
    if wall is None or not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise FieldError(field, _("Please give a date and a time, like 2027-01-31 09:00."))
    early, late = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise FieldError(field, _never(early, late, zone))
    if which not in {FIRST, SECOND}:
        raise TwiceError(field, _twice(early, late))
    return (early if which == FIRST else late).astimezone(UTC)


def _never(early: datetime, late: datetime, zone: ZoneInfo) -> str:
    """Say which times stand around a gap: `late` is read with the offset that begins in it."""
    before, after = (one.astimezone(UTC).astimezone(zone) for one in (late, early))
    return _(
        "The clocks are put forward on that day, and %(clock)s does not exist: "
        "take %(before)s or %(after)s.",
        clock=f"{early:%H:%M}",
        before=f"{before:%H:%M}",
        after=f"{after:%H:%M}",
    )


def _twice(early: datetime, late: datetime) -> str:
    return _(
        "The clocks are put back on that day, and %(clock)s comes twice: "
        "say whether you mean the first (%(first)s) or the second (%(second)s).",
        clock=f"{early:%H:%M}",
        first=zone_name(early),
        second=zone_name(late),
    )


def zone_name(moment: datetime) -> str:
    """Return a moment's zone as a page says it: `EET, UTC+02:00`."""
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    offset = f"UTC{sign}{hours:02}:{rest:02}"
    name = moment.tzname() or ""
    return f"{name}, {offset}" if name.isalpha() else offset


def written_local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return what a date-time field shows for a moment, empty for none."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment else ""


def which_of_two(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return which of two equal clock times a moment is, empty where there is only one."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() == local.utcoffset():
        return ""
    return SECOND if local.fold else FIRST
