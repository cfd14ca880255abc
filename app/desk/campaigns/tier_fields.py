"""The form of a tier: from what was typed to what is written, and back."""

from collections.abc import Mapping

from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.money import CURRENCIES, OFFERED
from app.core.money_text import read_amount
from app.desk.campaigns.money_fields import plain_amount
from app.desk.typing_in import spread, texts_of
from app.memberships.joining.offers import TierRead
from app.memberships.tiering import TierFacts, tier_mark


def currencies_for(amounts: Mapping[str, object]) -> list[str]:
    """Return the currencies that a form has fields for: the usual ones, then others in use."""
    usual = dict.fromkeys([*OFFERED, *amounts])
    return [code for code in usual if code in CURRENCIES]


def read_tier(key: str, values: Mapping[str, str], language: str) -> TierFacts:
    """Return what a form says.

    Raises:
        FieldError: An amount cannot be read, or cannot be paid.
    """
    least = {}
    for code in CURRENCIES:
        text = values.get(f"least_{code}", "")
        if text:
            try:
                least[code] = read_amount(text, code, language).minor
            except FieldError as error:
                raise FieldError(f"least_{code}", error.message) from error
    return TierFacts(
        key=key,
        name=texts_of(values, "name"),
        benefits={one: values.get(f"benefits_{one}", "").splitlines() for one in LANGUAGES},
        least=least,
    )


def tier_fields(facts: TierFacts, language: str) -> dict[str, str]:
    """Return the fields that show a tier."""
    benefits = {one: "\n".join(lines) for one, lines in facts.benefits.items()}
    amounts = {
        f"least_{code}": plain_amount(minor, code, language) for code, minor in facts.least.items()
    }
    return {
        "key": facts.key,
        "seen": tier_mark(facts),
        **spread("name", facts.name),
        **spread("benefits", benefits),
        **amounts,
    }


def read_as(facts: TierFacts, language: str) -> TierRead:
    """Return a tier as the page for joining shows it in a language."""
    name = facts.name.get(language) or facts.name.get("en", "")
    said = facts.benefits.get(language) or facts.benefits.get("en") or ()
    return TierRead(name, tuple(said), facts.least)
