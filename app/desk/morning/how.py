"""What each number of the morning is, in words for staff and in the language of the page."""

from app.core.languages import gettext as _
from app.goal.forecast import BAND, FEWEST_DAYS, PACE_DAYS


def definitions() -> tuple[tuple[str, str, str], ...]:
    """Return (anchor, title, words) of every number, in the order of the page."""
    return (*_count(), *_flows(), *_ahead(), *_value(), *_brought())


def _count() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            "members",
            _("Members"),
            _(
                "Distinct people with at least one counting membership at this moment. As of is "
                "when the page was opened, or the past moment that was asked for."
            ),
        ),
        ("days-left", _("Time left"), _("Midnights until the campaign's last day.")),
        (
            "needed",
            _("Needed per day"),
            _(
                "Members missing to the goal, divided by the days and hours until the campaign "
                "ends; of the last day all of them. Rounded up to a tenth."
            ),
        ),
        (
            "running",
            _("Running per day"),
            _(
                "Who came less who left over the last %(days)s full days, divided by these days: "
                "by fewer where there are not so many yet. Today is not over, so it is left out. "
                "Rounded down to a tenth.",
                days=PACE_DAYS,
            ),
        ),
        (
            "churn",
            _("Churn"),
            _(
                "Who left in the full days that the pace is measured on, for whatever reason, of "
                "those who were members when these days began."
            ),
        ),
        (
            "forecast",
            _("Forecast"),
            _(
                "The pace of the last %(days)s full days carried on: who came, less whose monthly "
                "membership ended. Members with a fixed end leave on their day. Of the yearly "
                "renewals a share is lost, a fortnight after each falls due: the share of the past "
                "year, and a fifth while too few are known. The band holds %(band)s of a hundred "
                "such forecasts, by how much the days differ from each other and how many there "
                "are. Nothing is said of fewer than %(fewest)s full days, nor of what is further "
                "away than two years.",
                days=PACE_DAYS,
                band=BAND,
                fewest=FEWEST_DAYS,
            ),
        ),
        (
            "attention",
            _("Needs attention"),
            _("What stands as a trouble at this moment, the most urgent first."),
        ),
    )


def _flows() -> tuple[tuple[str, str, str], ...]:
    return (
        ("joined", _("Joined"), _("Became a member, and had never been one before.")),
        ("reinstated", _("Reinstated"), _("Became a member again, after a time of not being one.")),
        (
            "cancelled",
            _("Cancelled"),
            _(
                "Ceased to be a member because they had asked to stop, on the day on which what "
                "they had paid ran out; or because somebody here ended it."
            ),
        ),
        (
            "lapsed",
            _("Lapsed"),
            _(
                "Ceased to be a member without having asked: a charge that failed for good and its "
                "grace, money that went back, an outside membership or a gift at its end."
            ),
        ),
        (
            "net",
            _("Net"),
            _("Joined and reinstated, less cancelled and lapsed: by how much the count moved."),
        ),
        (
            "history",
            _("Members over time"),
            _(
                "Members at the end of each day, today so far, from the campaign's beginning and "
                "for half a year at most. The line leads straight from the members at the "
                "campaign's beginning to its goal on its last day."
            ),
        ),
    )


def _ahead() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            "due",
            _("Renewals ahead"),
            _(
                "Memberships by the week in which what is paid runs out: those that will be "
                "charged then, and those that end. Late already are those whose charge failed and "
                "whose grace of 14 days is not over. It is not told of past mornings."
            ),
        ),
        (
            "yearly",
            _("Yearly"),
            _("Paid by the year, and charged for another one in that week."),
        ),
        (
            "monthly",
            _("Monthly"),
            _("Paid by the month: the next charge alone, not those after it."),
        ),
        (
            "ending",
            _("Ending"),
            _("Asked to end, or paused: they leave when what is paid runs out."),
        ),
        (
            "elsewhere",
            _("From elsewhere"),
            _(
                "Outside memberships and gifts whose time runs out while nothing else makes the "
                "person a member. A file that extends them takes them out of here."
            ),
        ),
    )


def _value() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            "value",
            _("Value"),
            _(
                "Recurring value is what memberships bring a month, those of a year by a twelfth: "
                "memberships that are paid and will be charged again, none that fails, is paused "
                "or was asked to end. Gifts are single payments of 28 days. Received is all money "
                "by the day it came. What went back is taken off, lost disputes too. Currencies "
                "are never added up. Averages and medians are rounded down."
            ),
        ),
    )


def _brought() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            "funnel",
            _("Newsletters"),
            _(
                "Form seen: how often a list's form came into view. Asked: people who began to "
                "wait for a confirmation. Written to: mails that the relay took. Confirmed and "
                "left: by the day on which they did. Today's numbers are ten minutes old at most. "
                "Of a past morning its whole last day is told."
            ),
        ),
        (
            "pages",
            _("What pages brought"),
            _(
                "Nobody's visits are recorded: a page is known from the forms on it and from the "
                "links to the joining page. Became members: who set out from there and paid. "
                "Shares and numbers stand with the interval in which what they are a sign of lies "
                "at 95 in 100 (Wilson's for shares, Byar's for numbers): where two intervals "
                "overlap, one page may be no better than the other."
            ),
        ),
        (
            "asks",
            _("What asks brought"),
            _(
                "The same by the call to join that was clicked: by the milestone whose words it "
                "spoke, the strip at the top of the page by itself."
            ),
        ),
    )
