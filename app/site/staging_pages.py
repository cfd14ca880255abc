"""Readers' pages as they would be, for staff: the very pages, made from what is not saved yet."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flask import g, render_template
from werkzeug.datastructures import MultiDict

from app.articles import listings
from app.articles.listings import Scope
from app.articles.reads import EditionRead
from app.extensions import db
from app.goal.queries import CampaignRead
from app.memberships.joining.fields import read_choice
from app.memberships.joining.offers import Offer, TierRead
from app.memberships.joining.pages import Maker
from app.memberships.queries import Count
from app.site import signing
from app.site.chrome import page_language, showing, the_site
from app.site.presenting import Showing
from app.site.views import article_page, find, home_page

LOOKED_THROUGH = 20
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
SHEET = re.compile(r'href="/assets/[0-9a-f]+/css/([a-z]+\.css)"')


def front_page(look: str) -> str:
    """Return the front page as readers have it now."""
    return as_preview(home_page(_staged(showing())), look)


def asking_page(campaign: CampaignRead, members: int | None, place: str, look: str) -> str | None:
    """Return a page on which a campaign asks readers to join.

    Args:
        campaign: As it would be.
        members: How many members there would be; None shows no count.
        place: `home`, or `article` for the newest article that asks.
        look: `light` or `dark`.

    Returns:
        None where no article of the language asks.
    """
    shown = _staged(showing(), campaign, members)
    if place == "home":
        return as_preview(home_page(shown), look)
    edition = _newest_that_asks(shown)
    return None if edition is None else as_preview(article_page(shown, edition), look)


def joining_page(offer: Offer, tiers: Sequence[TierRead], look: str) -> str:
    """Return the page for joining, open, with these tiers."""
    shown = _staged(showing())
    maker = Maker(offer, tuple(tiers), page_language(), shown.path("/join/"))
    page = render_template(
        "memberships/join.html",
        page=maker.page(read_choice(MultiDict()), "preview"),
        gift_months=the_site().settings.gift_months,
        **signing.around_joining(),
    )
    return as_preview(page, look)


def as_preview(page: str, look: str) -> str:
    """Return a page in the colours of one look, without script, its links leading nowhere."""
    page = page.replace("<head>", '<head>\n<base target="_blank">', 1)
    return SHEET.sub(rf'href="/desk/look/{look}/\1"', SCRIPT.sub("", page))


def _staged(
    shown: Showing, campaign: CampaignRead | None = None, members: int | None = None
) -> Showing:
    """Have the page being made show a campaign and a count, and keep nothing of it."""
    present, newsroom = shown.present, shown.newsroom
    if campaign is not None:
        count = None if members is None else Count(members, present.now, 0, None)
        present = replace(present, version=(present.content, count, 0))
        newsroom = replace(newsroom, campaign=campaign)
    g.showing = Showing(present, newsroom, shown.language, shown.zone, {})
    staged: Showing = g.showing
    return staged


def _newest_that_asks(shown: Showing) -> EditionRead | None:
    newest = listings.latest(db.session, Scope(shown.language), shown.present.now, LOOKED_THROUGH)
    for card in newest:
        found = find(shown, card.place.slug)
        if isinstance(found, EditionRead) and found.asks:
            return found
    return None
