"""The ways through the desk, and the keys that open them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.people.staff_sessions import StaffHere


@dataclass(frozen=True, slots=True)
class Way:
    """A page that the desk's masthead leads to.

    Attributes:
        endpoint: Its view; what it declares decides whose masthead shows it.
        title: What it is called.
        key: The letter that opens it after `g`.
        group: Its heading in the menu.
    """

    endpoint: str
    title: LazyString
    key: str
    group: LazyString


@dataclass(frozen=True, slots=True)
class Shown:
    """A way as the masthead of one page shows it."""

    title: LazyString
    url: str
    key: str
    is_here: bool


PEOPLE, WORDS, HOUSE = _("People and money"), _("What readers see"), _("The house")

WAYS: tuple[Way, ...] = (
    Way("desk_morning.show", _("Morning"), "m", PEOPLE),
    Way("desk_people.people", _("People"), "p", PEOPLE),
    Way("desk_articles.overview", _("Articles"), "r", WORDS),
    Way("desk_feed.index", _("News feed"), "f", WORDS),
    Way("desk_picks.index", _("Editors’ picks"), "q", WORDS),
    Way("desk_catalogue.sections", _("Sections"), "s", WORDS),
    Way("desk_catalogue.authors", _("Authors"), "u", WORDS),
    Way("desk_catalogue.tags", _("Tags"), "b", WORDS),
    Way("desk_campaigns.index", _("Campaigns"), "c", PEOPLE),
    Way("desk_tiers.index", _("Plans and tiers"), "v", PEOPLE),
    Way("desk_you.show", _("Your sign-in"), "y", HOUSE),
    Way("desk_team.index", _("Team"), "t", HOUSE),
    Way("desk_imports.index", _("Imports"), "i", PEOPLE),
    Way("desk_exports.index", _("Exports"), "e", PEOPLE),
    Way("desk_lists.index", _("Newsletters"), "n", WORDS),
    Way("desk_attention.needs", _("Needs attention"), "a", PEOPLE),
    Way("desk_audit.entries", _("Audit log"), "l", HOUSE),
    Way("desk_settings.settings", _("Settings"), "o", HOUSE),
    Way("desk_tokens.tokens", _("API tokens"), "k", HOUSE),
    Way("desk_webhooks.systems", _("Webhooks"), "w", HOUSE),
    Way("desk_sites.sites", _("Other sites"), "x", HOUSE),
)

KEYS: tuple[tuple[str, LazyString], ...] = (
    ("?", _("show these keys")),
    ("/", _("go to the search")),
    ("j", _("next row")),
    ("k", _("row before")),
    ("Enter", _("open the row")),
    ("Esc", _("close what is open")),
    ("Ctrl S", _("save, where one writes")),
    ("Ctrl Enter", _("publish, where one writes")),
)
"""Keys that work on every page, beside `g` and a way's letter."""

NEW_LINE = "desk_feed.new"
"""The page that `n` opens from every other, for whoever may."""


def menu(here: StaffHere) -> list[tuple[LazyString, list[Shown]]]:
    """Return the ways that somebody's role opens, by group, in their order."""
    groups: dict[str, tuple[LazyString, list[Shown]]] = {}
    for way in open_ways(here, WAYS):
        found = groups.setdefault(str(way.group), (way.group, []))
        found[1].append(_shown(way))
    return list(groups.values())


def first_way(here: StaffHere) -> str:
    """Return where somebody goes who has just signed in."""
    return next((url_for(way.endpoint) for way in open_ways(here, WAYS)), url_for("desk.keys"))


def open_ways(here: StaffHere, ways: Iterable[Way]) -> list[Way]:
    """Return those ways that lead to a page which the role opens."""
    declared = {
        name: getattr(view, "access", "") for name, view in current_app.view_functions.items()
    }
    return [way for way in ways if here.may(declared.get(way.endpoint, ""))]


def new_line_url(here: StaffHere) -> str:
    """Return where `n` leads, empty for a role that does not write the feed."""
    view = current_app.view_functions.get(NEW_LINE)
    return url_for(NEW_LINE) if here.may(getattr(view, "access", "")) else ""


def _shown(way: Way) -> Shown:
    own = way.endpoint.partition(".")[0]
    present = (request.endpoint or "").partition(".")[0]
    shared = sum(one.endpoint.partition(".")[0] == own for one in WAYS) > 1
    is_here = way.endpoint == request.endpoint if shared else own == present
    return Shown(way.title, url_for(way.endpoint), way.key, is_here)
