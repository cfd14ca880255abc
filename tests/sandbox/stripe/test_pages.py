"""The rehearsed checkout and portal: what they show, and what pressing a button does."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.sandbox.stripe import pages
from app.sandbox.stripe.choices import CHOICES
from app.sandbox.stripe.serving import make_pages
from app.sandbox.stripe.shown import checkout_shown
from app.sandbox.stripe.world import World
from tests.sandbox.stripe.visiting import (
    ASKS,
    DECLINED,
    GOOD,
    SITE,
    ask,
    member,
    only,
    open_checkout,
    pay,
    portal_of,
    words,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path, "a secret of the test", seed=1)
    yield opened
    opened.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return make_pages(world, SITE).test_client()


@pytest.mark.parametrize(
    ("interval", "minor", "currency", "shown"),
    [
        ("month", 500, "eur", ("Membership by the month", "€5", "a month", "Pay €5 a month")),
        ("year", 6050, "usd", ("Membership by the year", "$60.50", "a year", "Renews by itself")),
        ("", 1200, "jpy", ("Gift", "¥1,200", "once", "Give ¥1,200", "Nothing renews")),
    ],
)
def test_the_checkout_says_what_is_paid_and_how_often(
    world: World, client: FlaskClient, interval: str, minor: int, currency: str,
    shown: tuple[str, ...],
) -> None:  # fmt: skip
    session = open_checkout(world, interval, minor, currency)

    page = client.get(f"/pay/{session['id']}")

    assert [one for one in shown if one not in words(page)] == []
    assert "no card is charged" in page.get_data(as_text=True)


def test_the_checkout_says_what_the_site_has_to_say(world: World, client: FlaskClient) -> None:
    message = "Участь у «Тестовій пошті»"
    session = open_checkout(world, custom_text={"submit": {"message": message}})

    assert message in words(client.get(f"/pay/{session['id']}"))
    assert session["custom_text"]["submit"] == {"message": message}
    assert open_checkout(world)["custom_text"]["submit"] is None


def test_the_address_of_a_checkout_is_that_of_its_page(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    assert client.get(urlsplit(session["url"]).path).status_code == 200


def test_a_good_card_pays_and_leads_on(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    answer = pay(client, session["id"])

    assert answer.status_code == 303
    assert answer.location == f"{SITE}/join/thanks/?session={session['id']}"
    assert ask(world, "GET", f"/v1/checkout/sessions/{session['id']}")["payment_status"] == "paid"
    customer = only(world, "customer")
    assert (customer["email"], customer["name"]) == ("olena@example.org", "Olena Test")


def test_what_is_typed_goes_before_what_is_picked(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    answer = pay(client, session["id"], DECLINED, typed=" 5555 5555-5555 4444 ")

    assert answer.status_code == 303
    assert only(world, "payment_method")["card"]["brand"] == "mastercard"


def test_a_declined_card_can_be_followed_by_another(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    refused = pay(client, session["id"], DECLINED)

    assert refused.status_code == 422
    assert "declined and nothing was paid" in words(refused)
    assert 'value="olena@example.org"' in refused.get_data(as_text=True)
    assert f'value="{DECLINED}" checked' in refused.get_data(as_text=True)
    assert pay(client, session["id"], GOOD).status_code == 303


def test_a_number_that_no_bank_has_is_declined(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    assert pay(client, session["id"], typed="4111111111111111").status_code == 422


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("email", "", "Type an address"),
        ("email", "olena at home", "Type an address"),
        ("name", "  ", "Type a name"),
        ("typed", "12", "no number of a card"),
        ("picked", "<script>", "no number of a card"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_paid(
    world: World, client: FlaskClient, field: str, typed: str, says: str
) -> None:
    session = open_checkout(world)

    answer = pay(client, session["id"], **{field: typed})

    assert answer.status_code == 422
    assert says in words(answer)
    assert "<script" not in answer.get_data(as_text=True)
    assert world.all("charge") == []


def test_an_address_that_the_site_knows_cannot_be_changed(
    world: World, client: FlaskClient
) -> None:
    session = open_checkout(world, customer_email="known@example.org")

    assert 'value="known@example.org"' in client.get(f"/pay/{session['id']}").get_data(as_text=True)
    assert pay(client, session["id"], email="other@example.org").status_code == 303
    assert only(world, "customer")["email"] == "known@example.org"


def test_the_bank_is_asked_before_anything_happens(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    question = pay(client, session["id"], ASKS)

    assert question.status_code == 200
    assert "The bank agrees" in words(question)
    assert f'name="picked" value="{ASKS}"' in question.get_data(as_text=True)
    assert world.all("charge") == []
    agreed = pay(client, session["id"], ASKS, three_d="yes")
    assert agreed.location == f"{SITE}/join/thanks/?session={session['id']}"


def test_a_bank_that_refuses_leaves_the_checkout_open(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    refused = pay(client, session["id"], ASKS, three_d="no")

    assert refused.status_code == 422
    assert "The bank refused" in words(refused)
    assert ask(world, "GET", f"/v1/checkout/sessions/{session['id']}")["status"] == "open"


def test_each_card_to_pick_does_what_is_said_of_it(world: World, client: FlaskClient) -> None:
    outcomes = {}
    for choice in CHOICES:
        session = open_checkout(world)
        answer = pay(client, session["id"], choice.number)
        seen = ask(world, "GET", f"/v1/checkout/sessions/{session['id']}")
        outcomes[choice.does] = (answer.status_code, seen["status"], seen["payment_status"])

    assert outcomes == {
        "Pays, now and at every renewal.": (303, "complete", "paid"),
        "Asks for 3-D Secure first.": (200, "open", "unpaid"),
        "Is declined: too little money.": (422, "open", "unpaid"),
        "Pays now, fails at the first renewal.": (303, "complete", "paid"),
        "Pays, then its owner disputes it.": (303, "complete", "paid"),
        "A bank debit: pays after three days.": (303, "complete", "unpaid"),
        "A bank debit: fails after three days.": (303, "complete", "unpaid"),
    }


def test_nobody_pays_twice(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)
    pay(client, session["id"])

    assert pay(client, session["id"]).status_code == 409
    assert "paid already" in words(client.get(f"/pay/{session['id']}"))
    assert len(world.all("charge")) == 1


def test_a_checkout_that_expired_says_so(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)
    world.advance(2 * 86_400)

    assert "has expired" in words(client.get(f"/pay/{session['id']}"))
    assert pay(client, session["id"]).status_code == 409


def test_a_reader_can_go_back_without_paying(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    assert client.post(f"/pay/{session['id']}/leave").location == f"{SITE}/join/"
    assert pay(client, session["id"]).status_code == 303


def test_only_a_checkout_has_a_checkout_page(world: World, client: FlaskClient) -> None:
    session = member(world)

    for other in ("cs_test_none", session["customer"], session["subscription"]):
        assert client.get(f"/pay/{other}").status_code == 404


def test_the_policy_lets_nothing_run_and_leads_back_to_the_newsroom_alone(
    world: World, client: FlaskClient
) -> None:
    session = open_checkout(world)

    answer = client.get(f"/pay/{session['id']}")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert f"form-action 'self' {SITE}" in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_other_site_presses_a_button_here(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"

    assert pay(client, session["id"]).status_code == 403
    assert world.all("charge") == []


def test_a_page_of_another_name_reads_nothing(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.test"})

    assert answer.status_code == 400
    assert "Stripe, rehearsed" not in answer.get_data(as_text=True)


def test_a_payment_that_comes_too_late_is_refused_in_words(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_checkout(world)
    seen = checkout_shown(world, session["id"])
    world.pay(session["id"], GOOD, email="olena@example.org", name="Olena")
    monkeypatch.setattr(pages, "checkout_shown", lambda _world, _id: seen)

    answer = pay(client, session["id"])

    assert answer.status_code == 400
    assert words(answer).startswith("Stripe says no")
    assert len(world.all("charge")) == 1


def test_the_portal_shows_card_membership_and_invoices(world: World, client: FlaskClient) -> None:
    session = member(world)

    page = client.get(portal_of(world, session["customer"]))

    for one in ("olena@example.org", "Visa …4242", "€5 a month", "active, renews on", "paid"):
        assert one in words(page)
    assert f'href="{SITE}/account/"' in page.get_data(as_text=True)
    assert only(world, "invoice")["number"] in words(page)


def test_another_card_can_be_put_on_file(world: World, client: FlaskClient) -> None:
    path = portal_of(world, member(world)["customer"])

    answer = client.post(path, data={"picked": GOOD, "typed": "5555 5555 5555 4444"})

    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "The new card is on file." in page
    assert "Mastercard …4444" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"picked": DECLINED}, "The card was declined"),
        ({"picked": ASKS, "three_d": "no"}, "The bank refused"),
        ({"picked": GOOD, "typed": "12"}, "no number of a card"),
    ],
)
def test_a_card_that_is_not_taken_changes_nothing(
    world: World, client: FlaskClient, form: dict[str, str], says: str
) -> None:
    path = portal_of(world, member(world)["customer"])

    answer = client.post(path, data=form)

    assert answer.status_code == 422
    assert says in words(answer)
    assert "Visa …4242" in words(client.get(path))


def test_the_portal_asks_the_bank_too(world: World, client: FlaskClient) -> None:
    path = portal_of(world, member(world)["customer"])

    assert "The bank agrees" in words(client.post(path, data={"picked": ASKS}))
    assert client.post(path, data={"picked": ASKS, "three_d": "yes"}).status_code == 303
    assert "Visa …3155" in words(client.get(path))


def test_an_ending_membership_says_when(world: World, client: FlaskClient) -> None:
    session = member(world)
    path = f"/v1/subscriptions/{session['subscription']}"
    ask(world, "POST", path, cancel_at_period_end="true")

    assert "active, ends on" in words(client.get(portal_of(world, session["customer"])))


def test_nobody_has_the_portal_of_somebody_deleted(world: World, client: FlaskClient) -> None:
    session = member(world)
    path = portal_of(world, session["customer"])
    world.delete_customer(session["customer"])

    assert client.get(path).status_code == 404
    assert client.get(f"/portal/{session['id']}").status_code == 404
