"""The form for joining: what it shows, what it takes, and what it says of what it does not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.clock import now
from app.core.money import Money, with_fee
from app.memberships.joining import web
from tests.memberships.joining.making import Door, open_door
from tests.site.making import Page

HOSTED = "https://checkout.stripe.com"


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as opened:
        yield opened


def checked(html: str) -> dict[str, str]:
    """Return the value of each radio button that is pressed."""
    pressed = (one for one in Page(html).all("input", type="radio") if "checked" in one)
    return {one["name"]: one["value"] for one in pressed}


def hidden(html: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in Page(html).all("input", type="hidden")}


def test_a_wish_leads_to_a_page_to_pay_on(door: Door) -> None:
    answer = door.send()
    intent = door.intent()

    assert answer.status_code == 303
    assert answer.headers["Location"] == intent.checkout_url
    assert answer.headers["Cache-Control"] == "no-store"
    assert (intent.kind, intent.interval, intent.state) == ("membership", "month", "open")
    assert (intent.amount_minor, intent.fee_minor, intent.currency) == (1000, 0, "EUR")
    assert intent.checkout_key.startswith(f"{intent.public_id}:checkout:")
    assert intent.expires_at - intent.created_at > timedelta(minutes=30)
    assert intent.look_at is not None
    assert door.pay(intent) == "paid"


def test_stripe_is_asked_for_what_was_wished(door: Door) -> None:
    door.send(interval="yearly", amount_yearly="other", other_yearly="70,50", cover_fee="1")
    intent = door.intent()
    page = door.world.get(str(intent.checkout_id))

    assert page
    assert page["mode"] == "subscription"
    assert page["amount_total"] == intent.amount_minor == 7050 + intent.fee_minor
    assert page["client_reference_id"] == intent.public_id
    assert list(page["metadata"].values()) == [intent.public_id]
    assert page["cancel_url"].endswith("/join/?currency=EUR&interval=yearly&amount=7050&unpaid=1")
    assert page["expires_at"] == int(intent.expires_at.timestamp())
    assert page["adaptive_pricing"] == {"enabled": False}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"interval": "once"}, ("gift", None, 2500)),
        ({"interval": "yearly"}, ("membership", "year", 10000)),
        ({"whom": "given"}, ("given", None, 5000)),
        ({"whom": "gift", "recipient": "bo@post.example"}, ("gift_membership", None, 5000)),
        ({"whom": "given", "interval": "monthly"}, ("given", None, 5000)),
    ],
)
def test_each_way_to_give_is_an_intent_of_its_kind(
    door: Door, fields: dict[str, str], expected: tuple[str, str | None, int]
) -> None:
    answer = door.send(**fields)
    intent = door.intent()

    assert answer.status_code == 303
    assert (intent.kind, intent.interval, intent.amount_minor) == expected
    assert door.pay(intent) == "paid"


def test_a_gift_keeps_whom_it_is_for_and_when_it_is_to_arrive(door: Door) -> None:
    with door.database.read() as session:
        today = now(session).astimezone(door.settings.time_zone).date()
    day = today + timedelta(days=9)
    door.send(whom="gift", recipient="Bo@Post.Example", deliver_on=day.isoformat())
    intent = door.intent()

    assert intent.recipient_address == "Bo@post.example"
    assert intent.recipient_key == "bo@post.example"
    assert intent.deliver_at is not None
    local = intent.deliver_at.astimezone(door.settings.time_zone)
    assert (local.date(), local.hour) == (day, 9)


def test_a_gift_of_today_goes_at_once(door: Door) -> None:
    with door.database.read() as session:
        today = now(session).astimezone(door.settings.time_zone).date()
    door.send(whom="gift", recipient="bo@post.example", deliver_on=today.isoformat())

    assert door.intent().deliver_at is None


def test_nobody_is_named_whom_the_wish_is_not_for(door: Door) -> None:
    door.send(recipient="bo@post.example", deliver_on="2001-01-01")

    assert door.intent().recipient_address is None


def test_a_name_a_dedication_and_the_way_here_are_kept(door: Door) -> None:
    answer = door.send(
        wall_name="  Ann \u200b Example ",
        dedication="For my\r\ngrandmother",
        **{"from": "/2026/11/grain-en/?x=1", "ask": "autumn-b\x00", "utm_source": "s" * 300},
    )
    intent = door.intent()

    assert answer.status_code == 303
    assert intent.wall_name == "Ann Example"
    assert intent.dedication == "For my grandmother"
    assert (intent.from_path, intent.ask_key) == ("/2026/11/grain-en/", "autumn-b")
    assert intent.utm_source == "s" * 100
    assert intent.utm_medium is None


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"amount_monthly": "other", "other_monthly": ""}, "amount", "Please type an amount."),
        ({"amount_monthly": "other", "other_monthly": "ten"}, "amount", "in digits"),
        ({"amount_monthly": "other", "other_monthly": "0.10"}, "amount", "smallest amount is €1"),
        ({"amount_monthly": "other", "other_monthly": "99999"}, "amount", "largest amount is"),
        ({"amount_monthly": "other", "other_monthly": "$7"}, "amount", "amount in EUR"),
        ({"amount_monthly": ""}, "amount", "Please choose an amount."),
        ({"amount_monthly": "-500"}, "amount", "Please choose an amount."),
        ({"amount_monthly": "1e3"}, "amount", "Please choose an amount."),
        ({"amount_monthly": "٥٠٠"}, "amount", "Please choose an amount."),
        ({"amount_monthly": "1"}, "amount", "Please choose an amount."),
        ({"amount_monthly": "9" * 19}, "amount", "Please choose an amount."),
        ({"currency": "USD"}, "amount", "one of the currencies"),
        ({"currency": "XXX"}, "amount", "one of the currencies"),
        ({"currency": "EURO"}, "amount", "one of the currencies"),
        ({"wall_name": "www.example.org"}, "wall_name", "no address and no link"),
        ({"wall_name": "n" * 81}, "wall_name", "at most 80"),
        ({"dedication": "d" * 201}, "dedication", "at most 200"),
        ({"whom": "gift", "recipient": " "}, "recipient", "address of whoever the gift is for."),
        ({"whom": "gift", "recipient": "bo"}, "recipient", "not a whole email address"),
        (
            {"whom": "gift", "recipient": "b@post.example", "deliver_on": "2001-01-01"},
            "deliver_on",
            "This day is over.",
        ),
        (
            {"whom": "gift", "recipient": "b@post.example", "deliver_on": "3001-01-01"},
            "deliver_on",
            "within a year",
        ),
        (
            {"whom": "gift", "recipient": "b@post.example", "deliver_on": "soon"},
            "deliver_on",
            "Please write the day like",
        ),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    door: Door, fields: dict[str, str], field: str, said: str
) -> None:
    nonce = door.nonce()
    answer = door.send(nonce=nonce, **fields)
    shown = Page(answer.text)
    (error,) = shown.all("p", id=f"{field}-error")

    assert answer.status_code == 422
    assert "hidden" not in error
    assert said in answer.text
    assert hidden(answer.text)["nonce"] == nonce
    assert any(f"{field}-error" in one.get("aria-describedby", "") for _, one in shown.elements)
    assert door.intents() == []
    assert door.pages_opened() == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/join/", "Something needs another look: it is marked below."),
        ("/uk/join/", "Дещо треба виправити: це позначено нижче."),
    ],
)
def test_above_the_form_it_says_that_a_field_is_wrong_rather_than_missing(
    door: Door, path: str, said: str
) -> None:
    answer = door.send(path, amount_monthly="other", other_monthly="0.10")

    assert answer.status_code == 422
    assert f'<p class="trouble" role="alert">{said}</p>' in answer.text


def test_all_faults_are_said_at_once_and_nothing_typed_is_lost(door: Door) -> None:
    answer = door.send(
        whom="gift",
        recipient="bo@",
        deliver_on="2001-01-01",
        amount_twelve="other",
        other_twelve="<b>7",
        wall_name="a@b.example",
        dedication="To Bo",
        cover_fee="1",
        utm_source="letter",
    )
    page = Page(answer.text)
    values = {one["name"]: one.get("value") for one in page.all("input") if "name" in one}
    ticked = [one["name"] for one in page.all("input", type="checkbox") if "checked" in one]

    assert answer.status_code == 422
    assert (
        len([one for one in page.all("p") if one.get("class") == "error" and "hidden" not in one])
        == 4
    )
    assert checked(answer.text)["for"] == "gift"
    assert checked(answer.text)["amount_twelve"] == "other"
    assert values["recipient"] == "bo@"
    assert values["other_twelve"] == "<b>7"
    assert "<b>7" not in answer.text
    assert (values["wall_name"], values["dedication"]) == ("a@b.example", "To Bo")
    assert (values["deliver_on"], values["utm_source"]) == ("2001-01-01", "letter")
    assert ticked == ["cover_fee"]


def test_a_likely_slip_in_a_recipients_address_is_asked_about_and_may_be_kept(door: Door) -> None:
    asked = door.send(whom="gift", recipient="bo@gmial.com")
    kept = door.send(whom="gift", recipient="bo@gmial.com", as_typed="1")

    assert asked.status_code == 422
    assert "bo@gmail.com" in asked.text
    assert kept.status_code == 303
    assert door.intent().recipient_address == "bo@gmial.com"


def test_the_links_of_asks_choose_beforehand(door: Door) -> None:
    plain = checked(door.get().text)
    offered = checked(door.get("/join/?amount=2000&interval=monthly").text)
    other = door.get("/join/?amount=1050&interval=yearly").text
    given = checked(door.get("/join/?for=given").text)

    assert (plain["for"], plain["interval"], plain["amount_monthly"]) == ("me", "monthly", "1000")
    assert offered["amount_monthly"] == "2000"
    assert (checked(other)["interval"], checked(other)["amount_yearly"]) == ("yearly", "other")
    assert Page(other).all("input", name="other_yearly")[0]["value"] == "10.50"
    assert given["for"] == "given"


def test_the_way_back_makes_the_same_choice_again(door: Door) -> None:
    for fields in (
        {"whom": "gift", "recipient": "bo@post.example", "amount_twelve": "10000"},
        {"interval": "once", "amount_once": "other", "other_once": "12.34", "cover_fee": "1"},
    ):
        door.send(**fields, **{"from": "/goal/"})
        page = door.world.get(str(door.intents()[-1].checkout_id))
        assert page
        back = door.get(page["cancel_url"].removeprefix("http://localhost")).text
        assert hidden(back)["from"] == "/goal/"
        if "whom" in fields:
            assert checked(back)["for"] == "gift"
            assert checked(back)["amount_twelve"] == "10000"
        else:
            assert checked(back)["amount_once"] == "other"
            assert Page(back).all("input", name="other_once")[0]["value"] == "12.34"


@pytest.mark.parametrize(
    ("path", "said"), [("/join/", "Nothing was paid."), ("/uk/join/", "Оплати не було.")]
)
def test_whoever_leaves_the_payment_page_is_told_that_nothing_was_paid(
    door: Door, path: str, said: str
) -> None:
    door.send(path)
    page = door.world.get(str(door.intent().checkout_id))
    assert page
    back = door.get(page["cancel_url"].removeprefix("http://localhost"))
    refused = door.send(path, amount_monthly="")

    assert f'<p class="unpaid" role="status">{said}</p>' in back.text
    for other in (door.get(path), door.get(f"{path}?unpaid=2"), refused):
        assert said not in other.text


def test_each_currency_has_its_own_page_and_amounts(door: Door) -> None:
    html = door.get("/join/?currency=UAH&from=/goal/&utm_source=letter").text
    buttons = Page(html).all("button", name="switch")

    assert hidden(html) | {"nonce": ""} == {
        "nonce": "", "currency": "UAH", "from": "/goal/", "utm_source": "letter",
    }  # fmt: skip
    assert [one["value"] for one in Page(html).all("input", name="amount_monthly")] == [
        "20000", "40000", "other",
    ]  # fmt: skip
    assert [(one["value"], "aria-current" in one) for one in buttons] == [
        ("EUR", False), ("UAH", True),
    ]  # fmt: skip
    assert all("formnovalidate" in one for one in buttons)
    for unknown in ("XAU", "UAHS", "uah", ""):
        page = door.get(f"/join/?currency={unknown}").text
        assert hidden(page)["currency"] == "EUR"


def test_the_fee_shown_is_the_fee_taken(door: Door) -> None:
    html = door.get().text
    door.send(cover_fee="1")
    intent = door.intent()

    assert "+&nbsp;€0.41" in html
    assert (intent.fee_minor, intent.amount_minor) == (41, 1041)
    assert Money(intent.amount_minor, "EUR") == with_fee(Money(1000, "EUR"))


def test_tiers_name_the_amounts_that_reach_them(door: Door) -> None:
    english, ukrainian = door.get().text, door.get("/uk/join/").text

    assert english.count("<span>Friend</span>") == 2  # ten and twenty a month; no year is enough
    assert "A letter each month" in english
    assert "from €10 a month" in english
    assert "Лист щомісяця" in ukrainian
    assert "Friend" not in door.get("/join/?currency=UAH").text


def test_the_ukrainian_form_leads_to_ukrainian_pages(door: Door) -> None:
    answer = door.send("/uk/join/", amount_monthly="other", other_monthly="12,50")
    intent = door.intent()
    page = door.world.get(str(intent.checkout_id))

    assert answer.status_code == 303
    assert (intent.language, intent.amount_minor) == ("uk", 1250)
    assert page
    assert page["success_url"].startswith("http://localhost/uk/join/thanks/")
    refused = door.send("/uk/join/", amount_monthly="")
    assert "Оберіть, будь ласка, суму." in refused.text


def test_the_form_may_lead_to_stripe_and_nowhere_else(door: Door) -> None:
    base = door.settings.stripe_base
    for answer in (door.get(), door.get("/uk/join/"), door.send(amount_monthly="")):
        policy = answer.headers["Content-Security-Policy"]
        assert f"form-action 'self' {base};" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_with_real_stripe_the_form_may_lead_to_its_pages(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, STRIPE_BASE="") as door:
        policy = door.get().headers["Content-Security-Policy"]

    assert f"form-action 'self' {HOSTED};" in policy


@pytest.mark.parametrize("prefix", ["", "/uk"])
def test_the_form_knows_the_way_for_those_who_need_not_pay(door: Door, prefix: str) -> None:
    links = Page(door.get(f"{prefix}/join/").text).links()

    for path in (f"{prefix}/join/gift/", f"{prefix}/join/given/"):
        assert path in links
        assert door.get(path).status_code == 200


def test_two_pages_have_two_nonces(door: Door) -> None:
    assert door.nonce() != door.nonce()


def test_another_site_cannot_send_the_form(door: Door) -> None:
    answer = door.client.post("/join/", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_registering_twice_changes_nothing(door: Door) -> None:
    before = len(list(door.app.url_map.iter_rules()))
    web.register(door.app, door.settings)

    assert len(list(door.app.url_map.iter_rules())) == before
