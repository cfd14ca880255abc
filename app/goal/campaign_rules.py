"""What a campaign of the desk can be, and what it can say."""

from dataclasses import replace

from app.articles.service import SLUG
from app.core.errors import FieldError, UnwalledError
from app.core.languages import DEFAULT
from app.core.languages import gettext as _
from app.core.money import CURRENCIES
from app.goal import service
from app.goal.queries import Words
from app.goal.service import CampaignFacts
from app.memberships.joining.offers import MOST_PRESETS

LONGEST_KEY, LONGEST_NAME, HIGHEST_GOAL = 80, 120, 100_000_000
LONGEST_LINE, LONGEST_HEADING, LONGEST_PARAGRAPH = 300, 200, 2_000


class NoSuchCampaignError(UnwalledError):
    """There is no campaign with this id."""


class NotNowError(UnwalledError):
    """A campaign in this state cannot do that; the sentence says why."""


def check_words(words: Words) -> None:
    """Refuse what cannot be said.

    Raises:
        FieldError: A text is missing or too long.
    """
    heading = words.heading_before, words.heading_highlight, words.heading_after
    for field, text, most in (
        ("strip", words.strip, LONGEST_LINE),
        ("heading", max(heading, key=len), LONGEST_HEADING),
        ("first_paragraph", words.paragraphs[0], LONGEST_PARAGRAPH),
        ("second_paragraph", words.paragraphs[1], LONGEST_PARAGRAPH),
        ("question", words.question, LONGEST_LINE),
    ):
        if not text.strip():
            raise FieldError(field, _("Please write something here."))
        if len(text) > most:
            said = _("That is longer than %(number)s characters.", number=most)
            raise FieldError(field, said)


def checked(facts: CampaignFacts) -> CampaignFacts:
    """Return the facts with tidy names.

    Raises:
        FieldError: The first thing that no campaign of the desk can be.
    """
    if not SLUG.fullmatch(facts.key) or len(facts.key) > LONGEST_KEY:
        raise FieldError("key", _("Use small Latin letters, digits and single hyphens."))
    name = {language: " ".join(text.split()) for language, text in facts.name.items()}
    name = {language: text for language, text in name.items() if text}
    if not name.get(DEFAULT):
        said = _("The name in English is needed: it stands in where there is no translation.")
        raise FieldError(f"name_{DEFAULT}", said)
    for language, text in name.items():
        if len(text) > LONGEST_NAME:
            said = _("That is longer than %(number)s characters.", number=LONGEST_NAME)
            raise FieldError(f"name_{language}", said)
    if not 1 <= facts.goal <= HIGHEST_GOAL:
        raise FieldError("goal", _("A goal is a whole number of members, 1 at least."))
    if facts.ends_at is not None and facts.ends_at <= facts.starts_at:
        raise FieldError("ends_at", _("A campaign ends after it begins."))
    _check_amounts(facts)
    service.check(facts)
    return replace(facts, name=name)


def _check_amounts(facts: CampaignFacts) -> None:
    if not any(facts.amounts.get(facts.currency, {}).values()):
        said = _("Give amounts in this currency: pages that name no other are in it.")
        raise FieldError("currency", said)
    for code, offered in facts.amounts.items():
        rules = CURRENCIES.get(code)
        for interval, amounts in offered.items():
            field = f"amounts_{code}_{interval}"
            if not 1 <= len(amounts) <= MOST_PRESETS:
                said = _("Give one to three amounts: either all rhythms of a currency or none.")
                raise FieldError(field, said)
            if rules is None or any(
                not rules.smallest <= one <= rules.largest or one % rules.step for one in amounts
            ):
                raise FieldError(field, _("This amount cannot be paid."))
