"""Numbers, days and sentences of the morning, as a language writes them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_group_symbol

from app.core.languages import translations
from app.core.money import Money
from app.core.money_text import shown
from app.goal.forecast import BAND, Forecast
from app.goal.standing import Standing

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"


def grouped(value: float, language: str) -> str:
    """Return a number as `format_decimal` does, at a tenth of its cost where it is whole."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", _group_sign(language))
    return str(format_decimal(value, locale=language))


@cache
def _group_sign(language: str) -> str:
    return str(get_group_symbol(Locale.parse(language)))


@dataclass(frozen=True)
class Voice:
    """A language, and the newsroom's zone."""

    language: str
    zone: ZoneInfo

    @cached_property
    def _say(self) -> Any:  # noqa: ANN401 - a catalogue
        return translations(self.language)

    def gettext(self, text: str, **values: object) -> str:
        """Return a sentence of ours."""
        said = str(self._say.gettext(text))
        return said % values if values else said

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """Return the form of a sentence that a number asks for; `num` in it is the number."""
        said = str(self._say.ngettext(one, many, num))
        return said % {"num": self.number(num), **values}

    def number(self, value: float) -> str:
        """Return a number with the language's separators, a minus before those below zero."""
        text = grouped(abs(value), self.language)
        return f"{MINUS}{text}" if value < 0 else text

    def signed(self, value: float) -> str:
        """Return a number with its sign, zero without."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def tenths(self, tenths: int) -> str:
        """Return tenths as a number with one decimal."""
        text = format_decimal(abs(tenths) / 10, format="#,##0.0", locale=self.language)
        return f"{MINUS if tenths < 0 else ''}{text}"

    def signed_tenths(self, tenths: int) -> str:
        """Return tenths as a number with one decimal and its sign."""
        return f"+{self.tenths(tenths)}" if tenths > 0 else self.tenths(tenths)

    def percent(self, tenths: int) -> str:
        """Return tenths of a per cent."""
        return f"{self.tenths(tenths)}{SPACE}%"

    def share(self, part: int, whole: int) -> str:
        """Return a share as per cent with one decimal, rounded down; a dash where there is none."""
        return self.percent(part * 1000 // whole) if whole else "–"

    def between(self, found: tuple[float, float] | None) -> str:
        """Return the interval of a share, in whole per cents; a dash where there is none."""
        if found is None:
            return "–"
        low, high = (round(one * 100) for one in found)
        return f"{low}–{high}{SPACE}%"

    def reach(self, found: tuple[float, float]) -> str:
        """Return the interval of a number, to a tenth while it is small."""
        return "–".join(self.number(round(one, 1) if one < 10 else round(one)) for one in found)  # noqa: PLR2004 - two digits

    def money(self, minor: int, currency: str) -> str:
        """Return an amount."""
        return shown(Money(minor, currency), self.language)

    def day(self, day: date) -> str:
        """Return a day: `26 November 2026`."""
        return str(format_date(day, "d MMMM y", locale=self.language))

    def short_day(self, day: date) -> str:
        """Return a day without its year: `26 Nov`."""
        return str(format_date(day, "d MMM", locale=self.language))

    def moment(self, moment: datetime) -> str:
        """Return a moment in the newsroom's zone: `Thursday, 26 November 2026, 08:00 EET`."""
        local = moment.astimezone(self.zone)
        text = format_datetime(local, "EEEE, d MMMM y, HH:mm", locale=self.language)
        return f"{text} {local:%Z}"

    def minute(self, moment: datetime) -> str:
        """Return a moment in short: `26 Nov 2026, 08:00`."""
        local = moment.astimezone(self.zone)
        return str(format_datetime(local, "d MMM y, HH:mm", locale=self.language))

    def days_left(self, standing: Standing) -> str:
        """Return how long the campaign goes on, in a few words."""
        days, campaign = standing.days_left, standing.campaign
        if campaign is None:
            return self.gettext("no campaign has begun")
        if days is None or campaign.ends_at is None:
            return self.gettext("no end is set")
        if campaign.ends_at <= standing.now:
            return self.gettext("the campaign is over")
        if days == 0:
            return self.gettext("the campaign ends today")
        return self.ngettext("%(num)s day left", "%(num)s days left", days)

    def foretold(self, standing: Standing) -> list[str]:
        """Return what is to be expected, in sentences: whether, when, and how sure that is."""
        found = standing.forecast
        if found is None:
            return [self.gettext("No forecast yet: it wants 14 full days and a goal.")]
        verdict = self._verdict(found)
        if found.verdict == "reached":
            return [verdict]
        return [verdict, *self._dates(standing, found), *self._end(standing, found)]

    def _verdict(self, found: Forecast) -> str:
        said = {
            "reached": self.gettext("The goal is reached."),
            "likely": self.gettext("At this pace the goal is met in time."),
            "open": self.gettext("At this pace it is open whether the goal is met in time."),
            "unlikely": self.gettext("Not at this pace: the goal is not met in time."),
            "dated": self.gettext("At this pace the goal is met."),
            "never": self.gettext("Not at this pace: the goal is not met within two years."),
        }
        return said[found.verdict]

    def _dates(self, standing: Standing, found: Forecast) -> list[str]:
        """Say when it would be met; nothing where it is not within two years at best."""
        early, middle, late = (
            standing.day_ahead(one) for one in (found.early, found.middle, found.late)
        )
        if early is None:
            return []
        values = {"band": BAND, "early": self.day(early)}
        if middle is None:
            return [
                self.gettext(
                    "It would be met on %(early)s at the earliest, and more likely not within two "
                    "years (%(band)s %% band).",
                    **values,
                )
            ]
        values["day"] = self.day(middle)
        if late is None:
            return [
                self.gettext(
                    "It would be met on %(day)s, not before %(early)s, and perhaps not within two "
                    "years (%(band)s %% band).",
                    **values,
                )
            ]
        return [
            self.gettext(
                "It would be met on %(day)s, between %(early)s and %(late)s (%(band)s %% band).",
                **values,
                late=self.day(late),
            )
        ]

    def _end(self, standing: Standing, found: Forecast) -> list[str]:
        campaign = standing.campaign
        if found.at_end is None or campaign is None or campaign.ends_at is None:
            return []
        return [
            self.gettext(
                "On the last day, %(day)s, there would be %(middle)s members, between %(low)s and "
                "%(high)s.",
                day=self.day(campaign.ends_at.astimezone(self.zone).date()),
                middle=self.number(found.at_end.middle),
                low=self.number(found.at_end.low),
                high=self.number(found.at_end.high),
            )
        ]
