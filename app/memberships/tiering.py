"""Tiers as the newsroom keeps them: what an amount is called, and what comes with it.

Callers commit. A tier has no row of anybody's pointing at it: it names amounts on the page for
joining, so it can be changed and removed without touching a membership.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.articles.service import SLUG
from app.articles.versions import bump
from app.core.errors import FieldError, UnwalledError
from app.core.languages import DEFAULT
from app.core.languages import gettext as _
from app.core.money import CURRENCIES
from app.core.seen import mark_of, refuse_if_changed
from app.memberships.joining.models import Tier

LONGEST_KEY, LONGEST_NAME, LONGEST_BENEFIT, MOST_BENEFITS = 40, 120, 200, 12


class NoSuchTierError(UnwalledError):
    """There is no tier with this key."""


@dataclass(frozen=True, slots=True)
class TierFacts:
    """What an amount is called; `least` is the smallest of a month, in minor units by currency."""

    key: str
    name: dict[str, str]
    benefits: dict[str, list[str]]
    least: dict[str, int]


def kept_tiers(session: Session) -> list[TierFacts]:
    """Return all tiers, in the newsroom's order."""
    return [_facts(row) for row in session.scalars(select(Tier).order_by(Tier.position, Tier.id))]


def find_tier(session: Session, key: str) -> TierFacts:
    """Return the tier with a key.

    Raises:
        NoSuchTierError: There is none.
    """
    return _facts(_row(session, key))


def tier_mark(facts: TierFacts) -> str:
    """Return the mark of a tier as it stands."""
    return mark_of(asdict(facts))


def save_tiers(session: Session, tiers: Sequence[TierFacts]) -> None:
    """Offer these tiers, in this order, and no others."""
    session.execute(delete(Tier))
    for position, facts in enumerate(tiers, 1):
        session.add(Tier(position=position, **asdict(facts)))
    session.flush()
    bump(session)


def make_tier(session: Session, facts: TierFacts) -> None:
    """Add a tier after the others.

    Raises:
        FieldError: Its key, a text or an amount cannot be taken.
    """
    facts = checked(facts)
    bump(session)
    if session.scalar(select(Tier.id).where(Tier.key == facts.key)) is not None:
        raise FieldError("key", _("Another tier has this short name."))
    last = session.scalar(select(func.max(Tier.position))) or 0
    session.add(Tier(position=last + 1, **asdict(facts)))
    session.flush()


def change_tier(session: Session, facts: TierFacts, seen: str | None) -> None:
    """Bring the tier with this key up to `facts`.

    Raises:
        NoSuchTierError: There is none.
        ChangedMeanwhileError: It is no longer what `seen` marks.
        FieldError: A text or an amount cannot be taken.
    """
    bump(session)
    row = _row(session, facts.key)
    refuse_if_changed(seen, asdict(_facts(row)))
    for name, value in asdict(checked(facts)).items():
        setattr(row, name, value)
    session.flush()


def order_tiers(session: Session, keys: Sequence[str], seen: str | None) -> None:
    """Put the tiers into an order.

    Raises:
        ChangedMeanwhileError: The tiers are not those, or not in the order, that `seen` marks.
    """
    bump(session)
    rows = {row.key: row for row in session.scalars(select(Tier).order_by(Tier.position, Tier.id))}
    refuse_if_changed(seen, list(rows))
    refuse_if_changed(mark_of(sorted(keys)), sorted(rows))
    for position, key in enumerate(keys, 1):
        rows[key].position = position
    session.flush()


def remove_tier(session: Session, key: str) -> TierFacts:
    """Offer a tier no more; return what it was, so that it can be put back.

    Raises:
        NoSuchTierError: There is none.
    """
    bump(session)
    row = _row(session, key)
    facts = _facts(row)
    session.delete(row)
    session.flush()
    return facts


def checked(facts: TierFacts) -> TierFacts:
    """Return a tier with its texts tidied.

    Raises:
        FieldError: The first thing that cannot be taken.
    """
    if not SLUG.fullmatch(facts.key) or len(facts.key) > LONGEST_KEY:
        said = _("Use small Latin letters, digits and single hyphens: 40 at most.")
        raise FieldError("key", said)
    name = {language: " ".join(text.split()) for language, text in facts.name.items()}
    name = {language: text for language, text in name.items() if text}
    if not name.get(DEFAULT):
        said = _("The name in English is needed: it stands in where there is no translation.")
        raise FieldError(f"name_{DEFAULT}", said)
    _refuse_longer("name", name, LONGEST_NAME)
    benefits = _checked_benefits(facts.benefits)
    if not facts.least:
        raise FieldError("least", _("A tier begins with an amount in one currency at least."))
    for code, minor in facts.least.items():
        _check_least(code, minor)
    return replace(facts, name=name, benefits=benefits)


def _checked_benefits(benefits: dict[str, list[str]]) -> dict[str, list[str]]:
    tidy = {
        language: [line for line in (" ".join(text.split()) for text in lines) if line]
        for language, lines in benefits.items()
    }
    for language, lines in tidy.items():
        field = f"benefits_{language}"
        if len(lines) > MOST_BENEFITS:
            raise FieldError(field, _("Give %(number)s lines at most.", number=MOST_BENEFITS))
        if any(len(line) > LONGEST_BENEFIT for line in lines):
            said = _("A line has %(number)s characters at most.", number=LONGEST_BENEFIT)
            raise FieldError(field, said)
    said_in = {language: lines for language, lines in tidy.items() if lines}
    if said_in and DEFAULT not in said_in:
        said = _("Say it in English too: it stands in where there is no translation.")
        raise FieldError(f"benefits_{DEFAULT}", said)
    return said_in


def _refuse_longer(field: str, texts: dict[str, str], most: int) -> None:
    for language, text in texts.items():
        if len(text) > most:
            said = _("That is longer than %(number)s characters.", number=most)
            raise FieldError(f"{field}_{language}", said)


def _check_least(code: str, minor: int) -> None:
    rules = CURRENCIES.get(code)
    if rules is None or not 0 < minor <= rules.largest or minor % rules.step:
        raise FieldError(f"least_{code}", _("This amount cannot be paid."))


def _facts(row: Tier) -> TierFacts:
    benefits: dict[str, Any] = row.benefits
    return TierFacts(row.key, dict(row.name), dict(benefits), dict(row.least))


def _row(session: Session, key: str) -> Tier:
    wanted = select(Tier).where(Tier.key == key).execution_options(populate_existing=True)
    row = session.scalar(wanted)
    if row is None:
        raise NoSuchTierError(key)
    return row
