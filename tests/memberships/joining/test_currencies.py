"""The currencies of the form for joining: buttons, and nothing typed is lost by pressing one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.caps import NetworkUse
from tests.memberships.joining.making import Door, open_door
from tests.site.making import Page


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def pressed(html: str) -> dict[str, str]:
    """Return the value of each radio button that is pressed."""
    found = (one for one in Page(html).all("input", type="radio") if "checked" in one)
    return {one["name"]: one["value"] for one in found}


FILLED_IN = {
    "whom": "gift",
    "interval": "yearly",
    "recipient": "bo@",
    "deliver_on": "2001-01-01",
    "as_typed": "1",
    "amount_twelve": "other",
    "other_twelve": "70",
    "wall_name": "<Ann>",
    "dedication": "To Bo",
    "cover_fee": "1",
    "from": "/goal/",
    "utm_source": "letter",
}
KEPT = ("recipient", "deliver_on", "wall_name", "dedication", "from", "utm_source")


@pytest.mark.parametrize(("path", "sign"), [("/join/", "₴200"), ("/uk/join/", "200\xa0₴")])
def test_another_currency_keeps_all_that_was_filled_in_but_the_amounts(
    door: Door, path: str, sign: str
) -> None:
    nonce = door.nonce()
    answer = door.send(path, nonce=nonce, switch="UAH", **FILLED_IN)
    values = {
        one["name"]: one.get("value", "") for one in Page(answer.text).all("input") if "name" in one
    }
    boxes = Page(answer.text).all("input", type="checkbox")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert values["currency"] == "UAH"
    assert sign in answer.text
    assert values["nonce"] == nonce
    assert {name: values[name] for name in KEPT} == {name: FILLED_IN[name] for name in KEPT}
    assert values["other_twelve"] == ""
    assert pressed(answer.text) == {
        "for": "gift",
        "interval": "yearly",
        "amount_monthly": "40000",
        "amount_yearly": "200000",
        "amount_once": "50000",
        "amount_twelve": "200000",
    }
    assert [one["name"] for one in boxes if "checked" in one] == ["as_typed", "cover_fee"]
    assert 'role="alert"' not in answer.text


def test_another_currency_asks_for_no_payment_and_counts_for_nothing(door: Door) -> None:
    nonce = door.nonce()
    for code in ("UAH", "EUR", "UAH"):
        assert door.send(nonce=nonce, switch=code).status_code == 200
    with door.database.read() as session:
        used = session.scalars(select(NetworkUse)).all()

    assert used == []
    assert door.intents() == []
    assert door.pages_opened() == 0
    assert door.send(nonce=nonce, currency="UAH", amount_monthly="40000").status_code == 303
    assert (door.intent().revision, door.intent().currency) == (1, "UAH")


def test_the_same_currency_again_keeps_the_amounts_too(door: Door) -> None:
    answer = door.send(switch="EUR", amount_monthly="other", other_monthly="7")

    assert pressed(answer.text)["amount_monthly"] == "other"
    assert Page(answer.text).all("input", name="other_monthly")[0]["value"] == "7"


@pytest.mark.parametrize("unknown", ["XAU", "uah", "\x00", "U" * 500])
def test_a_currency_that_is_not_offered_shows_the_first_one(door: Door, unknown: str) -> None:
    answer = door.send(switch=unknown)

    assert answer.status_code == 200
    assert Page(answer.text).all("input", name="currency")[0]["value"] == "EUR"


def test_the_first_button_of_the_form_sends_it_and_switches_nothing(door: Door) -> None:
    buttons = Page(door.get().text).all("button", type="submit")
    names = [one.get("name") for one in buttons]

    assert names[names.index("switch") - 1] is None
    assert buttons[names.index("switch") - 1]["tabindex"] == "-1"
