"""How a mail about money is written: in its reader's language, by the newsroom's calendar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from babel.dates import format_date
from babel.units import format_unit
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.languages import translations
from app.core.leases import Held
from app.core.money import Money
from app.core.money_text import shown
from app.core.settings import Settings
from app.mail.message import Words, site_name
from app.newsletters.letters import link

Matter = TypeVar("Matter")

DAY = "d MMMM y"


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes to one reader.

    Attributes:
        settings: Of the newsroom that writes.
        language: Of the one who reads.
        now: When it is written.
    """

    settings: Settings
    language: str
    now: datetime

    @property
    def site_name(self) -> str:
        """The newsroom's name."""
        return site_name(self.settings, self.language)

    def gettext(self, text: str, **values: str) -> str:
        """Return one of our own sentences."""
        return translations(self.language).gettext(text) % values

    def subject(self, sentence: str) -> str:
        """Return a subject: a sentence, and who writes."""
        return f"{sentence}: {self.site_name}"

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of minor units."""
        return shown(Money(minor, currency), self.language)

    def day(self, moment: datetime | None) -> str:
        """Return the newsroom's day of a moment, `23 November 2026`; nothing for none."""
        if moment is None:
            return ""
        return self.date(moment.astimezone(self.settings.time_zone).date())

    def date(self, day: date) -> str:
        """Return a day of the calendar."""
        return str(format_date(day, DAY, locale=self.language))

    def day_ahead(self, moment: datetime | None) -> str:
        """Return the day of a moment that is still to come; nothing for any other."""
        return self.day(moment) if moment is not None and moment > self.now else ""

    def months(self, number: int) -> str:
        """Return a number of months: `12 months`."""
        return str(format_unit(number, "duration-month", length="long", locale=self.language))

    def link(self, path: str) -> str:
        """Return the whole address of a page."""
        return link(self.settings, self.language, path)


def spoken(
    session: Session,
    settings: Settings,
    rows: Sequence[Held],
    matters: tuple[str, Mapping[int, Matter]],
    say: Callable[[Pen, Held, Matter], Words | None],
) -> dict[int, Words]:
    """Return the words of every mail whose matter is there and not over.

    Args:
        session: Any.
        settings: Of the newsroom that writes.
        rows: Of the outbox.
        matters: Where each row names its matter, and the matters by their ids.
        say: What gives a mail its words, or None if its matter is over.
    """
    key, by_id = matters
    moment, words = now(session), {}
    for row in rows:
        matter = by_id.get(row.context.get(key))
        pen = Pen(settings, row.language, moment)
        said = None if matter is None else say(pen, row, matter)
        if said is not None:
            words[row.id] = said
    return words


def named(rows: Sequence[Held], key: str) -> list[int]:
    """Return the ids that mails name their matters by."""
    return sorted({row.context[key] for row in rows if key in row.context})


def still(row: Held, name: str, value: int) -> bool:
    """Tell whether something is as it was when a mail was queued, as far as it was noted."""
    return bool(row.context.get(name, value) == value)
