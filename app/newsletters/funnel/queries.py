"""The funnel, as staff look at it: by day or by source, with rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.days import days_between
from app.core.languages import gettext as _
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.models import Newsletter

Z_95 = 1.959963984540054
By = Literal["day", "source"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many did what in some days. Rates are None where there is nothing to measure by.

    What was confirmed on these days may have been asked for before them, so a rate of few days may
    be above 1; over weeks it says what becomes of those who ask.
    """

    seen: int = 0
    asked: int = 0
    accepted: int = 0
    confirmed: int = 0
    unsubscribed: int = 0

    @property
    def ask_rate(self) -> float | None:
        """Those who asked, of the times that a form was seen."""
        return _rate(self.asked, self.seen)

    @property
    def accept_rate(self) -> float | None:
        """Mails that a relay took, of those who asked."""
        return _rate(self.accepted, self.asked)

    @property
    def confirm_rate(self) -> float | None:
        """Those who confirmed, of those who asked."""
        return _rate(self.confirmed, self.asked)

    @property
    def confirm_interval(self) -> tuple[float, float] | None:
        """Where the confirm rate lies with 95 % confidence; None if more confirmed than asked."""
        return wilson(self.confirmed, self.asked)


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of one day, or of one source: then `day` is None.

    Attributes:
        day: In the newsroom's zone.
        from_path: The page of the form: a path of ours, `site/path` of another site, or empty.
        form: Which form it was.
        numbers: What happened.
    """

    day: date | None
    from_path: str
    form: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Funnel:
    """What was asked for, line by line, and the total of all lines."""

    total: Numbers
    lines: tuple[Line, ...]


def funnel(session: Session, newsletter: str | None, first: date, last: date, by: By) -> Funnel:
    """Return the numbers of a list, or of all lists together.

    Args:
        session: Reading.
        newsletter: Slug of the list; None for all.
        first: First day, in the newsroom's zone.
        last: Last day, included.
        by: `day`: a line for every day, empty ones too, in order; `source`: a line for every page
            and form, those that brought most first.
    """
    lines = _by_day(session, newsletter, first, last) if by == "day" else None
    if lines is None:
        lines = _by_source(session, newsletter, first, last)
    return Funnel(_sum([line.numbers for line in lines]), tuple(lines))


_SUMS = [
    func.coalesce(func.sum(column), 0)
    for column in (
        FunnelDay.seen,
        FunnelDay.asked,
        FunnelDay.accepted,
        FunnelDay.confirmed,
        FunnelDay.unsubscribed,
    )
]


def _by_day(session: Session, newsletter: str | None, first: date, last: date) -> list[Line]:
    rows = session.execute(
        select(FunnelDay.day, *_SUMS)
        .where(*_where(newsletter, first, last))
        .group_by(FunnelDay.day)
    )
    found = {day: Numbers(*map(int, sums)) for day, *sums in rows}
    return [Line(day, "", "", found.get(day, Numbers())) for day in days_between(first, last)]


def _by_source(session: Session, newsletter: str | None, first: date, last: date) -> list[Line]:
    rows = session.execute(
        select(FunnelDay.from_path, FunnelDay.form, *_SUMS)
        .where(*_where(newsletter, first, last))
        .group_by(FunnelDay.from_path, FunnelDay.form)
    )
    lines = [Line(None, path, form, Numbers(*map(int, sums))) for path, form, *sums in rows]
    return sorted(lines, key=_most_first)


@dataclass(frozen=True, slots=True)
class OfList:
    """The numbers of one list, with its name in every language."""

    slug: str
    names: dict[str, str]
    numbers: Numbers


def by_list(session: Session, first: date, last: date) -> tuple[OfList, ...]:
    """Return the numbers of every list, in the newsroom's order; days as `funnel` takes them."""
    rows = session.execute(
        select(FunnelDay.newsletter_id, *_SUMS)
        .where(*_where(None, first, last))
        .group_by(FunnelDay.newsletter_id)
    )
    found = {newsletter: Numbers(*map(int, sums)) for newsletter, *sums in rows}
    lists = session.execute(
        select(Newsletter.id, Newsletter.slug, Newsletter.name).order_by(
            Newsletter.position, Newsletter.id
        )
    )
    return tuple(OfList(slug, name, found.get(key, Numbers())) for key, slug, name in lists)


def _most_first(line: Line) -> tuple[int, int, int, str, str]:
    one = line.numbers
    return -one.confirmed, -one.asked, -one.seen, line.from_path, line.form


def _where(newsletter: str | None, first: date, last: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [FunnelDay.day >= first, FunnelDay.day <= last]
    if newsletter is not None:
        of_slug = select(Newsletter.id).where(Newsletter.slug == newsletter).scalar_subquery()
        found.append(FunnelDay.newsletter_id == of_slug)
    return found


def _sum(numbers: Sequence[Numbers]) -> Numbers:
    return Numbers(
        seen=sum(one.seen for one in numbers),
        asked=sum(one.asked for one in numbers),
        accepted=sum(one.accepted for one in numbers),
        confirmed=sum(one.confirmed for one in numbers),
        unsubscribed=sum(one.unsubscribed for one in numbers),
    )


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float] | None:
    """Return the score interval of a share (Wilson 1927), or None if it is no share."""
    if not 0 <= successes <= trials or not trials:
        return None
    share, square = successes / trials, z * z / trials
    middle = (share + square / 2) / (1 + square)
    reach = z * sqrt(share * (1 - share) / trials + square / trials / 4) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def definitions() -> dict[str, str]:
    """Return what each number counts, in words for staff and in the language of the page."""
    return {
        "seen": _(
            "Times that the form came into view on a page of ours, in a browser that runs our "
            "script and has not asked to be left out."
        ),
        "asked": _("People who left their address and began to wait for a confirmation."),
        "accepted": _("Of those who asked, mails that the relay took, by the day it did."),
        "confirmed": _("People who confirmed what they had asked for, by the day they did."),
        "unsubscribed": _(
            "People who left, by any way and by the day they did; the page is the one that they "
            "had come from."
        ),
    }
