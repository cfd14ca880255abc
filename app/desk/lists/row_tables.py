"""The lists around one newsletter: its subscribers, its days, and its articles."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, String, cast, func, select

from app.articles.models import Article, Edition, Section
from app.core.answering import page_language
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.desk.imports.words import subscription_states
from app.desk.listing import Cell, Column, Filter, Rows, Table
from app.newsletters.exporting import address_id
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.queries import Numbers
from app.newsletters.models import ArticleForm, SectionForm, Subscription
from app.people.models import EmailAddress, Person

STATE_MARKS = {"confirmed": "ok", "pending": "pend", "bounced": "err", "complained": "err"}
STEPS = ("seen", "asked", "accepted", "confirmed", "unsubscribed")
PERIODS = (7, 28, 91, 365)


def subscribers(newsletter_id: int, slug: str) -> Table:
    """Return who is, was or may become a subscriber of a list."""
    one = Subscription
    states = subscription_states()
    address = (
        select(EmailAddress.address)
        .where(EmailAddress.id == address_id())
        .correlate(Person)
        .scalar_subquery()
    )
    wanted: tuple[Any, ...] = (
        one.id,
        address.label("address"),
        Person.name,
        Person.language,
        one.state,
        one.from_path,
        one.asked_at,
        one.confirmed_at,
        one.ended_at,
        one.paused_until,
    )
    return Table(
        name=f"subscribers-{slug}",
        rows=select(*wanted)
        .join(Person, Person.id == one.person_id)
        .where(one.newsletter_id == newsletter_id),
        key=one.id,
        columns=(
            Column("email", lambda: _("Address"), lambda row: row.address or _("erased")),
            Column("name", lambda: _("Name"), lambda row: row.name or "", Person.name),
            Column("language", lambda: _("Language"), lambda row: LANGUAGES.get(row.language, "")),
            Column(
                "state",
                lambda: _("State"),
                lambda row: Cell(states[row.state], mark=STATE_MARKS.get(row.state, "")),
                one.state,
            ),
            Column("source", lambda: _("Came by"), lambda row: row.from_path or ""),
            Column("asked", lambda: _("Asked"), lambda row: row.asked_at, one.asked_at),
            Column(
                "confirmed",
                lambda: _("Confirmed"),
                lambda row: row.confirmed_at,
                one.confirmed_at,
            ),
            Column("left", lambda: _("Left"), lambda row: row.ended_at, one.ended_at),
        ),
        order="-asked",
        empty=lambda: _("Nobody has asked for this newsletter yet. Put its form on articles."),
        search=_has_address,
        search_title=lambda: _("Beginning of an address"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("all")), *states.items()),
                lambda value: one.state == value,
            ),
            Filter(
                "reads",
                lambda: _("Reads in"),
                (("", _("all")), *LANGUAGES.items()),
                lambda value: Person.language == value,
            ),
        ),
        personal=True,
    )


def _has_address(words: str) -> ColumnElement[bool]:
    begins = EmailAddress.key.startswith(words.casefold(), autoescape=True)
    return Subscription.person_id.in_(select(EmailAddress.person_id).where(begins))


def days(newsletter_id: int, slug: str, today: date) -> Table:
    """Return the funnel of a list by day; days on which nothing happened have no row."""
    sums = {name: func.coalesce(func.sum(getattr(FunnelDay, name)), 0) for name in STEPS}
    wanted: tuple[Any, ...] = (
        FunnelDay.day,
        *(one.label(name) for name, one in sums.items()),
    )
    rows: Rows = (
        select(*wanted).where(FunnelDay.newsletter_id == newsletter_id).group_by(FunnelDay.day)
    )
    titles = {
        "seen": lambda: _("Form seen"),
        "asked": lambda: _("Asked"),
        "accepted": lambda: _("Mail taken"),
        "confirmed": lambda: _("Confirmed"),
        "unsubscribed": lambda: _("Left"),
    }
    return Table(
        name=f"funnel-{slug}",
        rows=rows,
        key=FunnelDay.day,
        columns=(
            Column("day", lambda: _("Day"), lambda row: row.day, FunnelDay.day),
            *(
                Column(
                    name,
                    titles[name],
                    lambda row, name=name: f"{int(getattr(row, name)):,}",  # type: ignore[misc] # bound here
                    sums[name],
                    numeric=True,
                )
                for name in STEPS
            ),
            Column("rate", lambda: _("Confirmed of those who asked"), _confirm_rate, numeric=True),
        ),
        order="-day",
        empty=lambda: _(
            "Nothing has happened yet. What happens is counted every ten minutes, by day."
        ),
        search=lambda words: cast(FunnelDay.day, String).startswith(words, autoescape=True),
        search_title=lambda: _("A day like 2026-11-27, or a month like 2026-11"),
        filters=(
            Filter(
                "days",
                lambda: _("Period"),
                (
                    ("", _("all")),
                    *((str(one), _("the last %(days)s days", days=one)) for one in PERIODS),
                ),
                lambda value: FunnelDay.day > today - timedelta(days=int(value)),
            ),
        ),
    )


def _confirm_rate(row: Row[Any]) -> str:
    numbers = Numbers(asked=int(row.asked), confirmed=int(row.confirmed))
    return percent(numbers)


def percent(numbers: Numbers) -> str:
    """Return the confirm rate with its interval, as words; nothing where nobody asked."""
    if numbers.confirm_rate is None:
        return ""
    interval = numbers.confirm_interval
    said = f"{numbers.confirm_rate:.0%}"
    return f"{said} ({interval[0]:.0%} – {interval[1]:.0%})" if interval else said


def articles(newsletter_id: int, slug: str) -> Table:
    """Return every edition, and whether a list's form stands on its page."""
    here, language = Edition.article_id, Edition.language
    is_own = ArticleForm.article_id == here, ArticleForm.language == language
    chose = select(ArticleForm.newsletter_id).where(*is_own).exists()
    carries = (
        select(ArticleForm.newsletter_id)
        .where(*is_own, ArticleForm.newsletter_id == newsletter_id)
        .exists()
    )
    by_section = (
        select(SectionForm.newsletter_id)
        .where(
            SectionForm.section_id == Article.section_id,
            SectionForm.language == language,
            SectionForm.newsletter_id == newsletter_id,
        )
        .exists()
    )
    stands = carries | (~chose & by_section)
    wanted: tuple[Any, ...] = (
        Edition.id,
        Edition.headline,
        Edition.language,
        Edition.published_at,
        Article.key,
        Section.name,
        chose.label("chose"),
        stands.label("stands"),
    )
    return Table(
        name=f"articles-{slug}",
        rows=select(*wanted)
        .join(Article, Article.id == Edition.article_id)
        .join(Section, Section.id == Article.section_id),
        key=Edition.id,
        columns=(
            Column(
                "headline",
                lambda: _("Article"),
                lambda row: Cell(
                    row.headline,
                    url_for(
                        "desk_list_places.on_article", slug=slug, key=row.key, edition=row.language
                    ),
                ),
                Edition.headline,
            ),
            Column(
                "language", lambda: _("Language"), lambda row: LANGUAGES[row.language], language
            ),
            Column(
                "section", lambda: _("Section"), lambda row: in_language(row.name, page_language())
            ),
            Column(
                "published",
                lambda: _("Published"),
                lambda row: row.published_at,
                Edition.published_at,
            ),
            Column("form", lambda: _("Form"), _stands),
        ),
        order="-published",
        empty=lambda: _("There is no article yet."),
        search=lambda words: (
            Edition.headline.icontains(words, autoescape=True)
            | Edition.slug.icontains(words, autoescape=True)
        ),
        search_title=lambda: _("Headline or address"),
        filters=(
            Filter(
                "form",
                lambda: _("Form"),
                (("", _("all")), ("yes", _("it stands there")), ("no", _("it does not"))),
                lambda value: stands if value == "yes" else ~stands,
            ),
        ),
    )


def _stands(row: Row[Any]) -> Cell:
    if row.stands:
        said = _("stands, chosen for it") if row.chose else _("stands, by its section")
        return Cell(said, mark="ok")
    return Cell(_("chose others") if row.chose else _("not in its section"))
