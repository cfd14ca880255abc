"""Tiers as the newsroom keeps them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.errors import FieldError
from app.core.seen import ChangedMeanwhileError, mark_of
from app.memberships import tiering
from app.memberships.joining import offers
from app.memberships.tiering import NoSuchTierError, TierFacts

SAIL = TierFacts("sail", {"en": "Sail", "uk": "Вітрило"}, {"en": ["An almanac"]}, {"EUR": 1000})
OAR = replace(SAIL, key="oar", name={"en": " Oar "}, least={"EUR": 500, "UAH": 10000})


def names(session: Session, language: str = "en") -> list[str]:
    return [tier.name for tier in offers.tiers(session, language)]


def test_a_tier_is_offered_as_soon_as_it_is_made(session: Session) -> None:
    for facts in (SAIL, OAR):
        tiering.make_tier(session, facts)

    assert names(session, "uk") == ["Вітрило", "Oar"]
    assert tiering.find_tier(session, "oar").least == {"EUR": 500, "UAH": 10000}


def test_tiers_are_changed_ordered_removed_and_put_back(session: Session) -> None:
    tiering.save_tiers(session, [SAIL, OAR])
    seen = tiering.tier_mark(tiering.find_tier(session, "sail"))
    tiering.change_tier(session, replace(SAIL, name={"en": "Mast"}), seen)
    tiering.order_tiers(session, ["oar", "sail"], mark_of(["sail", "oar"]))
    assert names(session) == [" Oar ", "Mast"]

    removed = tiering.remove_tier(session, "oar")
    assert names(session) == ["Mast"]
    tiering.make_tier(session, removed)
    assert names(session) == ["Mast", "Oar"]


def test_what_somebody_else_changed_is_not_overwritten(session: Session) -> None:
    tiering.save_tiers(session, [SAIL, OAR])
    seen = tiering.tier_mark(SAIL)
    tiering.change_tier(session, replace(SAIL, name={"en": "Theirs"}), seen)

    with pytest.raises(ChangedMeanwhileError):
        tiering.change_tier(session, replace(SAIL, name={"en": "Mine"}), seen)
    with pytest.raises(ChangedMeanwhileError):
        tiering.order_tiers(session, ["oar", "sail"], mark_of(["oar", "sail"]))
    assert names(session)[0] == "Theirs"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "No slug"}, "key"),
        ({"name": {"uk": "Вітрило"}}, "name_en"),
        ({"name": {"en": "S" * 121}}, "name_en"),
        ({"benefits": {"uk": ["Альманах"]}}, "benefits_en"),
        ({"benefits": {"en": ["one"] * 13}}, "benefits_en"),
        ({"benefits": {"en": ["x" * 201]}}, "benefits_en"),
        ({"least": {}}, "least"),
        ({"least": {"EUR": 0}}, "least_EUR"),
        ({"least": {"ISK": 50}}, "least_ISK"),
        ({"least": {"XXX": 50}}, "least_XXX"),
    ],
)
def test_what_cannot_be_a_tier_says_where(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldError) as refused:
        tiering.checked(replace(SAIL, **wrong))

    assert refused.value.field == field


def test_a_short_name_is_taken_once_and_an_unknown_one_is_none(session: Session) -> None:
    tiering.make_tier(session, SAIL)
    with pytest.raises(FieldError, match="Another tier"):
        tiering.make_tier(session, SAIL)

    with pytest.raises(NoSuchTierError):
        tiering.remove_tier(session, "oar")
