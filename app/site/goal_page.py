"""The goal, and in public how it is counted."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.orm import in_language
from app.core.routes import access, localized
from app.extensions import db
from app.payments import drift
from app.site import asking, formats, metadata
from app.site.chrome import everywhere, set_translations, showing, the_site
from app.site.keeping import cacheable
from app.site.pages import Meta, Moment
from app.site.presenting import Showing

bp = Blueprint("goal_page", __name__)


@dataclass(frozen=True, slots=True)
class ComparedShown:
    """The last comparison with Stripe, as printed: when, and how many differences there were."""

    at: Moment
    drift: int
    drift_text: str


@localized(bp, "/goal/")
@access("public")
@cacheable
def goal() -> ResponseReturnValue:
    """Show how far the drive is, and what makes somebody a member."""
    shown = showing()
    campaign = shown.newsroom.campaign
    set_translations(everywhere("/goal/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    return render_template(
        "site/goal.html",
        meter=asking.meter(shown),
        campaign=in_language(campaign.name, shown.language) if campaign else "",
        join_url=asking.join_url(shown.language),
        compared=_compared(shown),
        gift_months=the_site().settings.gift_months,
        meta=Meta(
            title=gettext("How we count"),
            description=gettext("Who is a member here, who is not, and how the number is kept."),
            canonical=site.url + shown.path("/goal/"),
        ),
    )


def _compared(shown: Showing) -> ComparedShown | None:
    found = drift.latest(db.session)
    if found is None:
        return None
    language = shown.language
    return ComparedShown(
        formats.moment(found.finished_at, language, shown.zone),
        found.drift,
        formats.number(found.drift, language),
    )
