"""What states, milestones and places of a campaign are called at the desk."""

from app.core.languages import gettext as _
from app.goal import campaigning, queries
from app.goal.models import ARTICLE, HOME, STRIP

MILESTONES = (queries.ANY, *queries.MILESTONES)


def state_words(state: str) -> str:
    """Return what a state is called."""
    return {
        campaigning.DRAFT: _("draft"),
        campaigning.WAITING: _("waits for its beginning"),
        campaigning.RUNNING: _("running"),
        campaigning.ENDED: _("ended short of its goal"),
        campaigning.REACHED: _("goal reached"),
    }[state]


def milestone_words(milestone: str) -> str:
    """Return when the words for a milestone are said."""
    return {
        queries.ANY: _("At any time without words of its own"),
        queries.UNDER_HALF: _("Under half of the goal"),
        queries.OVER_HALF: _("Over half of the goal"),
        queries.LAST_TENTH: _("The last tenth"),
        queries.REACHED: _("The goal is reached"),
        queries.ENDED_SHORT: _("It ended short of the goal"),
    }[milestone]


def place_words(place: str) -> str:
    """Return what a place is called."""
    return {
        STRIP: _("the strip atop every page"),
        ARTICLE: _("after the last paragraph of an article"),
        HOME: _("on the front page"),
    }[place]
