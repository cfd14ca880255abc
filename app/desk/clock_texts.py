"""Moments as the desk's lists show them: sortable, by the newsroom's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo


def clock_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as `2027-01-31 09:00`, empty for none."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""
