"""What is offered, what amounts are called, and the page to pay on that an intent asks for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import CURRENCIES, Money, currency_of
from app.core.tokens import derived_token, token_hash
from app.memberships.joining.checkouts import checkout_key, label, thanks_token, wanted_of, way_back
from app.memberships.joining.models import Intent
from app.memberships.joining.offers import (
    MONTHLY,
    ONCE,
    TWELVE,
    YEARLY,
    Offer,
    TierRead,
    fee_on,
    tier_of,
)
from tests.conftest import make_settings

AT = datetime(2026, 11, 23, 19, 4, tzinfo=UTC)
FRIEND = TierRead("Friend", (), {"EUR": 500, "UAH": 20000})
PATRON = TierRead("Patron", (), {"EUR": 2000})
TIERS = (PATRON, FRIEND)
EARLIER = "an earlier secret of theirs and long enough"


def make_intent(**values: object) -> Intent:
    usual = {
        "public_id": "0197a1b2-0000-7000-8000-000000000001",
        "thanks_hash": "",
        "kind": "membership",
        "interval": "month",
        "amount_minor": 1041,
        "fee_minor": 41,
        "currency": "EUR",
        "language": "en",
        "expires_at": AT,
        "from_path": None,
    }
    return Intent(**{**usual, **values})


@pytest.mark.parametrize(
    ("minor", "group", "name"),
    [
        (499, MONTHLY, None),
        (500, MONTHLY, "Friend"),
        (1999, MONTHLY, "Friend"),
        (2000, MONTHLY, "Patron"),
        (5999, YEARLY, None),
        (6000, YEARLY, "Friend"),
        (24000, TWELVE, "Patron"),
        (100000, ONCE, None),
    ],
)
def test_an_amount_is_called_by_the_highest_tier_that_it_reaches(
    minor: int, group: str, name: str | None
) -> None:
    found = tier_of(TIERS, Money(minor, "EUR"), group)

    assert (found.name if found else None) == name


def test_a_tier_without_an_amount_in_a_currency_is_not_reached_in_it() -> None:
    assert tier_of(TIERS, Money(99_999, "UAH"), MONTHLY) == FRIEND
    assert tier_of(TIERS, Money(99_999, "GBP"), MONTHLY) is None


def test_only_what_can_be_paid_is_offered() -> None:
    offer = Offer(
        "EUR",
        {
            "XXX": {MONTHLY: [100]},
            "ISK": {MONTHLY: [50_000, 50_050]},
            "EUR": {MONTHLY: [50, 500, 1000, 2000, 4000], YEARLY: [5000]},
        },
    )

    assert offer.currencies == ("EUR", "ISK")
    assert offer.presets("EUR", MONTHLY) == (
        Money(500, "EUR"),
        Money(1000, "EUR"),
        Money(2000, "EUR"),
    )
    assert offer.presets("ISK", MONTHLY) == (Money(50_000, "ISK"),)
    assert offer.presets("EUR", TWELVE) == (Money(5000, "EUR"),)
    assert offer.presets("EUR", ONCE) == ()


def test_a_campaign_without_amounts_is_open_in_its_own_currency() -> None:
    assert Offer("GBP", {}).currencies == ("GBP",)
    assert Offer("GBP", {"EUR": {}}).first_currency == "EUR"
    assert Offer("XXX", {}).currencies == ()


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**6))
def test_with_its_fee_a_payment_leaves_the_whole_amount(code: str, steps: int) -> None:
    rules = currency_of(code)
    minor = min(rules.smallest + steps * rules.step, rules.largest)
    money = Money(minor, code)
    paid = money + fee_on(money)

    assert paid.minor - rules.fee.on(paid.minor) >= minor
    assert paid.minor % rules.step == 0


@pytest.mark.parametrize(
    ("kind", "interval", "said"),
    [
        ("membership", "month", "Membership of The Test Post"),
        ("gift", None, "Gift to The Test Post"),
        ("gift_membership", None, "A year of membership of The Test Post, as a present"),
        ("given", None, "A year of membership of The Test Post, for a reader who cannot pay"),
    ],
)
def test_receipts_say_what_it_was_for(
    tmp_path: Path, kind: str, interval: str | None, said: str
) -> None:
    settings = make_settings("sqlite:///x.sqlite3", tmp_path, SITE_NAME_UK="Тест")

    assert label(settings, make_intent(kind=kind, interval=interval)) == said
    ukrainian = label(settings, make_intent(kind=kind, interval=interval, language="uk"))
    assert "Тест" in ukrainian
    assert "%" not in ukrainian


def test_the_same_intent_asks_for_the_same_page_and_another_for_another(tmp_path: Path) -> None:
    settings = make_settings("sqlite:///x.sqlite3", tmp_path)
    keys = {
        checkout_key(wanted_of(settings, make_intent(**values)))
        for values in (
            {},
            {},
            {"amount_minor": 1042},
            {"currency": "USD"},
            {"interval": "year"},
            {"expires_at": AT.replace(minute=5)},
        )
    }

    assert len(keys) == 5
    assert all(len(one) <= 200 for one in keys)


def test_the_address_of_thanks_outlives_a_rotated_key(tmp_path: Path) -> None:
    rotated = make_settings("sqlite:///x.sqlite3", tmp_path, SECRET_KEY_FALLBACKS=EARLIER)
    intent = make_intent()
    token = derived_token(EARLIER, "thanks", intent.public_id)
    intent.thanks_hash = token_hash(token)

    assert thanks_token(rotated, intent) == token


def test_the_way_back_names_the_choice_without_the_fee() -> None:
    intent = make_intent(kind="given", interval=None, language="uk", from_path="/goal/")

    path = "/uk/join/?currency=EUR&interval=once&amount=1000&for=given&from=/goal/"
    assert way_back(intent) == path
    assert way_back(intent, is_unpaid=True) == f"{path}&unpaid=1"


def test_an_unknown_interval_asks_for_nothing(tmp_path: Path) -> None:
    settings = make_settings("sqlite:///x.sqlite3", tmp_path)

    with pytest.raises(ValueError, match="no interval 'week'"):
        wanted_of(settings, make_intent(interval="week"))
