"""Where things are found: the paths of pages, the same in every feature."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.languages import prefix


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of an edition is made of."""

    language: str
    slug: str
    published_at: datetime

    def path(self, zone: ZoneInfo) -> str:
        """Return the path; year and month are the newsroom's, as the page prints them."""
        local = self.published_at.astimezone(zone)
        return f"{prefix(self.language)}/{local:%Y/%m}/{self.slug}/"
