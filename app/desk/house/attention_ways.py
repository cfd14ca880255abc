"""Where each need leads: pages of the desk, Stripe's, and buttons that act at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from app.core.languages import gettext as _
from app.core.settings import Settings
from app.desk.house.needs import Need
from app.desk.links import opened, stripe_url
from app.people.staff_sessions import StaffHere

ADMIN, MEMBERSHIP = "admin", "membership"


@dataclass(frozen=True, slots=True)
class WayOut:
    """A link, or a button that posts.

    Attributes:
        words: What it says.
        url: Where it leads.
        fields: Of the form that it posts; none for a link.
        outside: It leads to another site.
    """

    words: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    outside: bool = False


def ways_out(
    need: Need, settings: Settings, here: StaffHere, people: dict[int, str]
) -> list[WayOut]:
    """Return the ways out of a need that somebody's role opens.

    Args:
        need: Of what.
        settings: Which account of Stripe's.
        here: Who looks.
        people: Addresses of people's pages by their ids.
    """
    return [*_to_pages(need, here, people), *_to_stripe(need, settings), *_buttons(need, here)]


_PAGES = {
    "drift": ("desk_attention.drift", MEMBERSHIP),
    "parked": ("desk_parked.parked", MEMBERSHIP),
    "failing": ("desk_attention.failing", MEMBERSHIP),
    "dns": ("desk_attention.dns", MEMBERSHIP),
    "mail.blocked": ("desk_attention.dns", MEMBERSHIP),
    "confirm-rate": ("desk_attention.dns", MEMBERSHIP),
    "card-testing": ("desk_settings.settings", ADMIN),
    "joining-tightened": ("desk_settings.settings", ADMIN),
    "sign-ups-tightened": ("desk_settings.settings", ADMIN),
    "webhooks-late": ("desk_webhooks.systems", ADMIN),
    "webhooks-disabled": ("desk_webhooks.systems", ADMIN),
    "audit-broken": ("desk_audit.entries", ADMIN),
    "staff-codes-guessed": ("desk_team.index", ADMIN),
}


def _page_words(endpoint: str) -> str:
    return {
        "desk_attention.drift": _("See the differences"),
        "desk_parked.parked": _("See what was set aside"),
        "desk_attention.failing": _("See whose"),
        "desk_attention.dns": _("See what DNS says"),
        "desk_settings.settings": _("Change the limits"),
        "desk_webhooks.systems": _("See the systems"),
        "desk_audit.entries": _("See the log"),
        "desk_team.index": _("See the team"),
    }[endpoint]


def _to_pages(need: Need, here: StaffHere, people: dict[int, str]) -> Iterator[WayOut]:
    if need.person_id in people and here.may(MEMBERSHIP):
        yield WayOut(_("Look at the person"), people[need.person_id])
    endpoint, who = _PAGES.get(need.kind, ("", ""))
    if endpoint and opened(endpoint) and here.may(who):
        yield WayOut(_page_words(endpoint), url_for(endpoint))
    if need.kind == "checkout-refused":
        yield WayOut(_("Open the joining page"), url_for("joining.show"))


def _to_stripe(need: Need, settings: Settings) -> Iterator[WayOut]:
    path = need.stripe or ("workbench/webhooks" if need.kind == "stripe-late" else "")
    if path and settings.stripe_key:
        yield WayOut(_("Open it at Stripe"), stripe_url(settings, path), outside=True)


def _buttons(need: Need, here: StaffHere) -> Iterator[WayOut]:
    if not here.may(MEMBERSHIP):
        return
    if need.kind in {"dispute", "early-fraud-warning"}:
        fields = (("kind", need.kind), ("ref", need.ref))
        yield WayOut(_("Look again"), url_for("desk_attention.look_again"), fields=fields)
    if need.can_clear:
        fields = (("kind", need.kind), ("ref", need.ref))
        yield WayOut(_("Clear"), url_for("desk_attention.clear"), fields=fields)
