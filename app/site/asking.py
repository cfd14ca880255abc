"""The call to join, the meter and the strip, as they stand at this moment."""

from urllib.parse import urlencode

from flask_babel import gettext

from app.core.languages import prefix
from app.goal.models import STRIP
from app.goal.queries import INTERVALS, CampaignRead, Words, milestone
from app.site import formats
from app.site.pages import Amount, AskView, Meter, Strip
from app.site.presenting import HERE, Showing

TICKS = 20
WHOLE_BAR = 1000
OFFERED_INTERVAL = "monthly"
OFFERED_AMOUNTS = 3


def join_url(language: str, from_path: str = "", **choice: str) -> str:
    """Return the address of the page for joining, with what was chosen and where."""
    values = {**choice, **({"from": from_path} if from_path else {})}
    query = f"?{urlencode(values, safe='/')}" if values else ""
    return f"{prefix(language)}/join/{query}"


def choice_text(minor: int, interval: str, currency: str, language: str) -> str:
    """Return a choice in words: `€10 a month`."""
    amount = formats.money(minor, currency, language)
    if interval == "monthly":
        text = gettext("%(amount)s a month", amount=amount)
    elif interval == "yearly":
        text = gettext("%(amount)s a year", amount=amount)
    else:
        text = gettext("%(amount)s once", amount=amount)
    return str(text)


def meter(shown: Showing) -> Meter | None:
    """Return the ruler, or None while the count is not known."""
    campaign, count = shown.newsroom.campaign, shown.present.count
    if campaign is None or count is None:
        return None
    return Meter(
        members=count.members,
        goal=campaign.goal,
        members_text=formats.number(count.members, shown.language),
        goal_text=formats.number(campaign.goal, shown.language),
        percent_text=formats.percent(count.members, campaign.goal, shown.language),
        filled=min(WHOLE_BAR, count.members * WHOLE_BAR // campaign.goal),
        ticks=TICKS,
        as_of=formats.moment(count.as_of, shown.language, shown.zone),
    )


def kept_ask(shown: Showing, place: str) -> AskView | None:
    """Return the call to join for any page: `HERE` stands for the page.

    None without a campaign that has words and asks in this place, one of `PLACES`.
    """
    campaign = shown.newsroom.campaign
    if campaign is None or place not in campaign.places:
        return None
    return shown.once("ask", lambda: _ask(shown))


def _ask(shown: Showing) -> AskView | None:
    campaign, words = shown.newsroom.campaign, words_now(shown)
    if campaign is None or words is None:
        return None
    return AskView(
        heading_before=words.heading_before,
        heading_highlight=words.heading_highlight,
        heading_after=words.heading_after,
        paragraphs=words.paragraphs,
        question=words.question,
        meter=meter(shown),
        amounts=amounts(shown, campaign),
        other_url=join_url(shown.language, HERE, ask=milestone_now(shown, campaign)),
        join_url=join_url(shown.language, HERE, ask=milestone_now(shown, campaign)),
        counting_url=shown.path("/goal/"),
    )


def amounts(shown: Showing, campaign: CampaignRead) -> tuple[Amount, ...]:
    """Return the three amounts of the call to join."""
    interval, ask = OFFERED_INTERVAL, milestone_now(shown, campaign)
    return tuple(
        Amount(
            url=join_url(shown.language, HERE, amount=str(minor), interval=interval, ask=ask),
            label=choice_text(minor, interval, campaign.currency, shown.language),
            interval=interval,
        )
        for minor in campaign.offered(interval)[:OFFERED_AMOUNTS]
    )


def words_now(shown: Showing) -> Words | None:
    """Return the campaign's words for this moment and count."""
    campaign = shown.newsroom.campaign
    if campaign is None:
        return None
    return campaign.words_at(milestone_now(shown, campaign), shown.language)


def milestone_now(shown: Showing, campaign: CampaignRead) -> str:
    """Return the milestone whose words are spoken now; links to join carry it as their ask."""
    count = shown.present.count
    return milestone(campaign, None if count is None else count.members, shown.present.now)


def strip(shown: Showing) -> Strip | None:
    """Return the campaign's line at the top."""
    campaign, words = shown.newsroom.campaign, words_now(shown)
    if campaign is None or words is None or not words.strip or STRIP not in campaign.places:
        return None
    count = shown.present.count
    return Strip(
        text=words.strip,
        url=join_url(shown.language, ask=f"strip-{milestone_now(shown, campaign)}"),
        members=None if count is None else count.members,
        goal=campaign.goal,
    )


def chosen(campaign: CampaignRead | None, amount: str, interval: str, language: str) -> str:
    """Return a choice out of an address in words, empty unless it is one that we can take."""
    if campaign is None or interval not in INTERVALS:
        return ""
    if not (amount.isascii() and amount.isdigit()) or len(amount) > 9:  # noqa: PLR2004 - ten million of any currency
        return ""
    minor = int(amount)
    return choice_text(minor, interval, campaign.currency, language) if minor > 0 else ""
