"""A campaign as its file tells it: dates, amounts, tiers, and the words of its calls to join."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.cli.file_parts import Part, read_toml
from app.core.errors import OperatorError
from app.core.languages import DEFAULT
from app.core.money import CURRENCIES, currency_of
from app.goal.queries import ANY, INTERVALS, MILESTONES, Words
from app.goal.service import CampaignFacts
from app.memberships.joining.offers import MOST_PRESETS
from app.memberships.tiering import TierFacts

FIELDS = (
    "key", "goal", "currency", "starts_at", "ends_at", "joining_opens_at",
    "name", "amounts", "words", "tier",
)  # fmt: skip
HIGHEST_GOAL = 100_000_000
LONGEST_KEY, LONGEST_NAME, LONGEST_TIER_KEY = 80, 120, 40
LONGEST_LINE, LONGEST_HEADING, LONGEST_PARAGRAPH = 300, 200, 2_000
AROUND_HIGHLIGHT = ("heading_before", "heading_after")
SPOKEN = {
    "strip": LONGEST_LINE,
    "heading_before": LONGEST_HEADING,
    "heading_highlight": LONGEST_HEADING,
    "heading_after": LONGEST_HEADING,
    "first_paragraph": LONGEST_PARAGRAPH,
    "second_paragraph": LONGEST_PARAGRAPH,
    "question": LONGEST_LINE,
}


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """All that a file says.

    Attributes:
        facts: The campaign itself.
        words: Its calls to join, by milestone and language.
        tiers: What amounts are called, in the order of the file.
    """

    facts: CampaignFacts
    words: Mapping[tuple[str, str], Words]
    tiers: tuple[TierFacts, ...]


def read_campaign(path: Path) -> CampaignFile:
    """Read a file and check all of it.

    Raises:
        OperatorError: One sentence for each thing that cannot be taken.
    """
    faults: list[str] = []
    whole = Part("", read_toml(path), faults)
    whole.only(*FIELDS)
    found = CampaignFile(_facts(whole), _words(whole.part("words")), _tiers(whole))
    if faults:
        raise OperatorError("\n".join((*faults, f"{path} was not saved: nothing was changed.")))
    return found


def _facts(whole: Part) -> CampaignFacts:
    amounts = whole.part("amounts")
    currency = whole.text("currency", LONGEST_NAME)
    if currency and amounts.values and currency not in amounts.values:
        whole.fault("currency", f"is {currency}, and there is no [amounts.{currency}]")
    starts_at = whole.moment("starts_at", required=True)
    ends_at = whole.moment("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        whole.fault("ends_at", "is not after starts_at")
    return CampaignFacts(
        key=whole.text("key", LONGEST_KEY),
        name=whole.texts("name", LONGEST_NAME),
        goal=whole.number("goal", 1, HIGHEST_GOAL),
        currency=currency,
        amounts={code: _amounts(amounts, code) for code in _currencies(amounts)},
        starts_at=starts_at or datetime.min.replace(tzinfo=UTC),
        ends_at=ends_at,
        joining_opens_at=whole.moment("joining_opens_at"),
    )


def _currencies(part: Part) -> list[str]:
    """Return the currencies that a table names, all of which we must know."""
    part.only(*CURRENCIES)
    return [code for code in part.values if code in CURRENCIES]


def _amounts(part: Part, code: str) -> dict[str, list[int]]:
    """Return what is offered in a currency, in minor units; the file has whole ones."""
    offered = part.part(code)
    offered.only(*INTERVALS)
    return {interval: _minor(offered, interval, code) for interval in INTERVALS}


def _minor(part: Part, interval: str, code: str) -> list[int]:
    rules, unit = currency_of(code), _unit(code)
    least, most = -(-rules.smallest // unit), rules.largest // unit
    found = part.values.get(interval)
    if (
        not isinstance(found, list)
        or not 1 <= len(found) <= MOST_PRESETS
        or not all(type(one) is int and least <= one <= most for one in found)
    ):
        said = "must be" if interval in part.values else "is missing: it is"
        part.fault(
            interval,
            f"{said} a list of one to three whole amounts of {code}, each from {least} to {most}",
        )
        return []
    return [one * unit for one in found]


def _unit(code: str) -> int:
    """Return how many minor units a whole one has."""
    return int(10 ** currency_of(code).digits)


def _words(part: Part) -> dict[tuple[str, str], Words]:
    milestones = (ANY, *MILESTONES)
    part.only(*milestones)
    if ANY not in part.values:
        part.fault(
            f"{ANY}.{DEFAULT}", "is missing: it is said where no milestone has its own words"
        )
    spoken = {
        milestone: part.in_languages(milestone, required=(DEFAULT,) if milestone == ANY else ())
        for milestone in milestones
        if milestone in part.values
    }
    return {
        (milestone, language): _said(said.part(language))
        for milestone, said in spoken.items()
        for language in said.values
    }


def _said(part: Part) -> Words:
    part.only(*SPOKEN)
    said = {
        name: part.text(name, most, may_be_empty=name in AROUND_HIGHLIGHT)
        for name, most in SPOKEN.items()
    }
    return Words(
        strip=said["strip"],
        heading_before=said["heading_before"],
        heading_highlight=said["heading_highlight"],
        heading_after=said["heading_after"],
        paragraphs=(said["first_paragraph"], said["second_paragraph"]),
        question=said["question"],
    )


def _tiers(whole: Part) -> tuple[TierFacts, ...]:
    found = tuple(_tier(part) for part in whole.parts("tier"))
    keys = [one.key for one in found if one.key]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        whole.fault("tier", f"names {key} more than once")
    return found


def _tier(part: Part) -> TierFacts:
    part.only("key", "name", "least", "benefits")
    least = part.part("least")
    return TierFacts(
        key=part.text("key", LONGEST_TIER_KEY),
        name=part.texts("name", LONGEST_NAME),
        benefits=_benefits(part),
        least={
            code: least.number(code, 1, currency_of(code).largest // _unit(code)) * _unit(code)
            for code in _currencies(least)
        },
    )


def _benefits(tier: Part) -> dict[str, list[str]]:
    part = tier.in_languages("benefits")
    for language, found in part.values.items():
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            part.fault(language, "must be a list of texts in quotes")
    return part.values
