"""The goal, and in public how it is counted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.orm import in_language
from app.core.routes import access, localized
from app.site import asking, metadata
from app.site.chrome import everywhere, set_translations, showing, the_site
from app.site.keeping import cacheable
from app.site.pages import Meta

bp = Blueprint("goal_page", __name__)


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
        meta=Meta(
            title=gettext("How we count"),
            description=gettext("Who is a member here, who is not, and how the number is kept."),
            canonical=site.url + shown.path("/goal/"),
        ),
    )
