"""The control page: time, the bank and the post, played by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.sandbox.stripe.control import in_minor, later
from app.sandbox.stripe.deliveries import Deliveries
from app.sandbox.stripe.serving import make_pages
from app.sandbox.stripe.world import World
from tests.sandbox.stripe.visiting import GOOD, SITE, member, only, open_checkout, words


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path, "a secret of the test", seed=1)
    yield opened
    opened.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return make_pages(world, SITE).test_client()


def press(client: FlaskClient, path: str, **form: str) -> str:
    """Press a button; return the words of the page that it leads to."""
    return words(client.post(path, data=form, follow_redirects=True))


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("2026-12-31T23:30", "day", "2027-01-01T23:30"),
        ("2026-12-15T10:00", "month", "2027-01-15T10:00"),
        ("2027-01-31T10:00", "month", "2027-02-28T10:00"),
        ("2028-02-29T10:00", "year", "2029-02-28T10:00"),
        ("2027-03-01T10:00", "year", "2028-03-01T10:00"),
    ],
)
def test_a_step_of_the_clock_ends_at_the_same_time_of_day(start: str, step: str, end: str) -> None:
    before, after = (
        int(datetime.fromisoformat(one).replace(tzinfo=UTC).timestamp()) for one in (start, end)
    )

    assert before + later(before, step) == after


def test_setting_the_clock_forward_renews_a_membership(world: World, client: FlaskClient) -> None:
    member(world)
    before = world.now()

    said = press(client, "/clock", step="month")

    assert world.now() - before >= 28 * 86_400
    assert said.startswith("The clock was set forward.")
    assert datetime.fromtimestamp(world.now(), UTC).strftime("%Y-%m-%d") in said
    assert [one["status"] for one in world.all("invoice")] == ["paid", "paid"]


def test_beside_the_clock_stands_what_follows_from_it_and_when(client: FlaskClient) -> None:
    said = words(client.get("/"))

    assert "Reminders and dated gifts follow within a minute." in said
    assert "more than three days late is not sent, so go day by day to see all of them." in said


def test_the_clock_takes_no_other_step(world: World, client: FlaskClient) -> None:
    before = world.now()

    assert client.post("/clock", data={"step": "-1 day"}).status_code == 400
    assert world.now() - before < 3600


def test_all_of_a_payment_is_given_back_unless_a_part_is_named(
    world: World, client: FlaskClient
) -> None:
    member(world, minor=1250)
    payment = only(world, "payment_intent")["id"]

    assert "€2.50 given back" in press(client, f"/payments/{payment}/refund", part="2,50")
    assert "€12.50 given back" in press(client, f"/payments/{payment}/refund")
    assert sorted(one["amount"] for one in world.all("refund")) == [250, 1000]
    assert "Refund" not in words(client.get("/"))


@pytest.mark.parametrize("part", ["nothing", "-1", "0", "1.005", "NaN", "1e400", "Infinity"])
def test_what_is_no_amount_is_not_given_back(world: World, client: FlaskClient, part: str) -> None:
    member(world)
    payment = only(world, "payment_intent")["id"]

    assert "That is no amount" in press(client, f"/payments/{payment}/refund", part=part)
    assert world.all("refund") == []


def test_stripes_own_no_is_shown(world: World, client: FlaskClient) -> None:
    member(world)
    payment = only(world, "payment_intent")["id"]

    answer = client.post(f"/payments/{payment}/refund", data={"part": "5.01"})

    assert answer.status_code == 400
    assert "Stripe says no: Refund amount (501) is greater" in words(answer)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("5", "EUR", 500), ("0.5", "EUR", 50), ("5", "JPY", 5), ("0.5", "JPY", None),
     ("1.250", "KWD", 1250), ("5", "XXX", 5)],
)  # fmt: skip
def test_a_part_is_read_in_the_payments_currency(
    typed: str, currency: str, minor: int | None
) -> None:
    assert in_minor(typed, currency) == minor


@pytest.mark.parametrize(("won", "ends"), [("yes", "won"), ("no", "lost")])
def test_a_dispute_is_opened_and_closed(
    world: World, client: FlaskClient, won: str, ends: str
) -> None:
    member(world)
    payment = only(world, "payment_intent")["id"]

    assert "dispute: open" in press(client, f"/payments/{payment}/dispute")
    dispute = only(world, "dispute")["id"]

    assert f"dispute: {ends}" in press(client, f"/disputes/{dispute}/settle", won=won)
    assert only(world, "dispute")["status"] == ends


def test_an_inquiry_can_become_a_dispute(world: World, client: FlaskClient) -> None:
    member(world)
    payment = only(world, "payment_intent")["id"]

    page = press(client, f"/payments/{payment}/dispute", warning="yes")
    assert "dispute: inquiry" in page
    assert "Becomes a dispute" in page

    page = press(client, f"/disputes/{only(world, 'dispute')['id']}/settle", won="no")
    assert "dispute: open" in page
    assert "Dispute lost" in page


def test_the_network_warns_of_fraud_once(world: World, client: FlaskClient) -> None:
    member(world)
    payment = only(world, "payment_intent")["id"]

    page = press(client, f"/payments/{payment}/warn")

    assert only(world, "radar.early_fraud_warning")["payment_intent"] == payment
    assert "fraud warning" in page
    assert "Warn of fraud" not in page


def test_a_customer_can_be_deleted(world: World, client: FlaskClient) -> None:
    customer = member(world)["customer"]

    page = press(client, f"/customers/{customer}/delete")

    assert "The customer was deleted." in page
    assert "Delete" not in page
    assert only(world, "subscription")["status"] == "canceled"


def test_open_checkouts_can_be_gone_on_with(world: World, client: FlaskClient) -> None:
    session = open_checkout(world)

    assert f'href="/pay/{session["id"]}"' in client.get("/").get_data(as_text=True)
    world.pay(session["id"], GOOD, email="olena@example.org", name="Olena")
    assert f'href="/pay/{session["id"]}"' not in client.get("/").get_data(as_text=True)


def test_how_badly_events_come_is_kept(world: World, client: FlaskClient) -> None:
    page = client.post(
        "/deliveries", follow_redirects=True,
        data={"lose": "10", "repeat": "20", "late": "30", "shuffle": "40", "form": "snapshot"},
    ).get_data(as_text=True)  # fmt: skip

    assert world.deliveries == Deliveries(10, 20, 30, 40, "snapshot")
    assert 'name="lose" type="number" min="0" max="100" step="1" value="10"' in page
    assert '<option value="snapshot" selected>' in page


@pytest.mark.parametrize("share", ["101", "-1", "1.5", "", "ten", "²"])
def test_a_share_is_a_whole_number_up_to_a_hundred(
    world: World, client: FlaskClient, share: str
) -> None:
    page = press(client, "/deliveries", lose=share, form="thin")

    assert "Type whole numbers from 0 to 100." in page
    assert world.deliveries == Deliveries()


def test_a_stranger_sets_nothing(world: World, client: FlaskClient) -> None:
    answer = client.post(
        "/deliveries", data={"lose": "100"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert world.deliveries == Deliveries()


@pytest.mark.parametrize(
    "path",
    ["/payments/pi_none/refund", "/payments/pi_none/dispute", "/payments/pi_none/warn",
     "/disputes/du_none/settle", "/customers/cus_none/delete"],
)  # fmt: skip
def test_what_is_not_there_cannot_be_touched(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 404


def test_an_empty_page_says_where_to_begin(client: FlaskClient) -> None:
    assert f'href="{SITE}/join/"' in client.get("/").get_data(as_text=True)
