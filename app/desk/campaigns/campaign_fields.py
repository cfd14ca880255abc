"""The form of a campaign: from what was typed to what is written, and back."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.money import CURRENCIES
from app.core.money_text import read_amount
from app.core.seen import mark_of
from app.desk.campaigns.money_fields import plain_amount
from app.desk.typing_in import moment_of, spread, spread_moment, texts_of
from app.goal.campaigning import campaign_content
from app.goal.models import PLACES, Campaign
from app.goal.queries import INTERVALS
from app.goal.service import CampaignFacts
from app.memberships.joining.offers import MOST_PRESETS

LONGEST_NUMBER = 12
CLOSED = "joining_closed"
"""The tick that keeps joining closed where no moment is typed."""


def read_campaign(
    key: str, values: Mapping[str, str], zone: ZoneInfo, language: str
) -> CampaignFacts:
    """Return what a form says.

    Raises:
        FieldError: A number, an amount or a date cannot be read.
    """
    starts_at = _begin(values, zone)
    return CampaignFacts(
        key=key,
        name=texts_of(values, "name"),
        goal=_goal(values.get("goal", "")),
        currency=values.get("currency", ""),
        amounts=read_amounts(values, language),
        starts_at=starts_at,
        ends_at=moment_of(values, "ends_at", zone),
        joining_opens_at=_joining(values, zone, starts_at),
    )


def read_places(values: Mapping[str, str]) -> list[str]:
    """Return the places that are ticked."""
    return [place for place in PLACES if values.get(f"place_{place}")]


def read_amounts(values: Mapping[str, str], language: str) -> dict[str, dict[str, list[int]]]:
    """Return the amounts of every currency that has any, in minor units.

    Raises:
        FieldError: One cannot be read, or cannot be paid.
    """
    found = {}
    for code in CURRENCIES:
        typed = {
            interval: [values.get(f"amounts_{code}_{interval}_{one}", "") for one in _PLACES_OF]
            for interval in INTERVALS
        }
        if any(any(texts) for texts in typed.values()):
            found[code] = {
                interval: _amounts(texts, code, interval, language)
                for interval, texts in typed.items()
            }
    return found


_PLACES_OF = range(1, MOST_PRESETS + 1)


def _amounts(texts: list[str], code: str, interval: str, language: str) -> list[int]:
    field = f"amounts_{code}_{interval}"
    try:
        return [read_amount(text, code, language).minor for text in texts if text]
    except FieldError as error:
        raise FieldError(field, error.message) from error


def _goal(text: str) -> int:
    digits = "".join(text.split()).replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        raise FieldError("goal", _("A goal is a whole number of members, 1 at least."))
    return int(digits)


def _begin(values: Mapping[str, str], zone: ZoneInfo) -> datetime:
    moment = moment_of(values, "starts_at", zone)
    if moment is None:
        raise FieldError("starts_at", _("Say when it begins."))
    return moment


def _joining(values: Mapping[str, str], zone: ZoneInfo, starts_at: datetime) -> datetime | None:
    """Return when joining opens: with the campaign, unless something else is said."""
    moment = moment_of(values, "joining_opens_at", zone)
    if moment is None and not values.get(CLOSED):
        return starts_at
    return moment


def campaign_fields(campaign: Campaign, zone: ZoneInfo, language: str) -> dict[str, str]:
    """Return the fields that show a campaign."""
    return {
        "key": campaign.key,
        "seen": campaign_mark(campaign),
        "goal": str(campaign.goal),
        "currency": campaign.currency,
        **spread("name", campaign.name),
        **spread_moment("starts_at", campaign.starts_at, zone),
        **spread_moment("ends_at", campaign.ends_at, zone),
        **_spread_joining(campaign, zone),
        **{f"place_{place}": "1" for place in campaign.places},
        **_spread_amounts(campaign.amounts, language),
    }


def _spread_joining(campaign: Campaign, zone: ZoneInfo) -> dict[str, str]:
    opens_at = campaign.joining_opens_at
    if opens_at is None:
        return {CLOSED: "1"}
    is_own = opens_at != campaign.starts_at
    return spread_moment("joining_opens_at", opens_at if is_own else None, zone)


def campaign_mark(campaign: Campaign) -> str:
    """Return the mark of a campaign as it stands."""
    return mark_of(campaign_content(campaign))


def empty_fields() -> dict[str, str]:
    """Return the fields of a campaign that is not there yet: it asks everywhere."""
    return {"currency": "EUR", **{f"place_{place}": "1" for place in PLACES}}


def _spread_amounts(
    amounts: Mapping[str, Mapping[str, list[int]]], language: str
) -> dict[str, str]:
    return {
        f"amounts_{code}_{interval}_{place}": plain_amount(minor, code, language)
        for code, offered in amounts.items()
        if code in CURRENCIES
        for interval, minors in offered.items()
        for place, minor in enumerate(minors, 1)
    }
