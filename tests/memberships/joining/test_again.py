"""Pressing twice, changing one's mind, Stripe silent, crowds: nobody is led to pay twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.core.alarms import Alarm
from app.core.caps import NetworkUse
from app.core.clock import now
from app.memberships.joining.models import Intent
from app.payments import serving
from app.payments.models import DirtyKey
from app.sandbox.stripe.world import World
from tests.memberships.joining.making import Door, open_door
from tests.site.making import Page


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, JOINS_PER_NETWORK="5") as opened:
        yield opened


def alarms(door: Door) -> dict[str, tuple[str, int]]:
    with door.database.read() as session:
        return {one.kind: (one.ref, one.times) for one in session.scalars(select(Alarm))}


def marked(door: Door) -> set[str]:
    with door.database.read() as session:
        return set(session.scalars(select(DirtyKey.object_id)))


def change(door: Door, **values: object) -> None:
    """Change every intent by hand."""
    with door.database.write() as session:
        session.execute(update(Intent).values(values))
        session.commit()


def let_time_pass(door: Door, minutes: int) -> None:
    """Make every intent older."""
    with door.database.write() as session:
        for one in session.scalars(select(Intent)):
            one.created_at -= timedelta(minutes=minutes)
            one.expires_at -= timedelta(minutes=minutes)
        session.commit()


def test_the_same_wish_sent_twice_is_one_page(door: Door) -> None:
    nonce = door.nonce()
    first, second = door.send(nonce=nonce), door.send(nonce=nonce)

    assert first.headers["Location"] == second.headers["Location"]
    assert door.pages_opened() == len(door.intents()) == 1


def test_many_presses_at_once_are_one_page(door: Door) -> None:
    nonce = door.nonce()
    with ThreadPoolExecutor(3) as hands:
        answers = list(hands.map(lambda _: door.app.test_client().post(
            "/join/",
            data={"nonce": nonce, "currency": "EUR", "amount_monthly": "1000"},
        ), range(3)))  # fmt: skip

    assert {one.headers.get("Location") for one in answers} == {door.intent().checkout_url}
    assert door.pages_opened() == 1


def test_another_wish_closes_the_earlier_page_first(door: Door) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    answer = door.send(nonce=nonce, amount_monthly="2000")
    earlier, later = door.intents()

    assert answer.headers["Location"] == later.checkout_url
    assert (earlier.state, later.state) == ("replaced", "open")
    assert (earlier.revision, later.revision) == (1, 2)
    assert (earlier.look_at, earlier.settled_at is None) == (None, False)
    assert door.state_at_stripe(earlier) == "expired"
    assert door.state_at_stripe(later) == "open"


def test_whoever_goes_back_and_forth_has_one_open_page(door: Door) -> None:
    nonce = door.nonce()
    for amount in ("1000", "2000", "1000"):
        answer = door.send(nonce=nonce, amount_monthly=amount)
    intents = door.intents()

    assert answer.headers["Location"] == intents[-1].checkout_url
    assert [one.state for one in intents] == ["replaced", "replaced", "open"]
    assert [door.state_at_stripe(one) for one in intents] == ["expired", "expired", "open"]


def test_a_change_of_mind_after_paying_leads_to_thanks(door: Door) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    door.pay(door.intent())
    answer = door.send(nonce=nonce, amount_monthly="2000")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/join/thanks/")
    assert door.intent().state == "open"  # the sync will say, and was told to look
    assert marked(door) == {door.intent().checkout_id}
    assert door.pages_opened() == 1


@pytest.mark.parametrize("state", ["paid", "processing"])
def test_what_is_known_to_be_paid_is_not_asked_for_again(door: Door, state: str) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    change(door, state=state)
    for amount in ("1000", "2000"):
        answer = door.send(nonce=nonce, amount_monthly=amount)
        assert answer.headers["Location"].startswith("/join/thanks/")
    assert door.pages_opened() == 1


@pytest.mark.parametrize("state", ["failed", "expired"])
def test_a_wish_that_came_to_nothing_may_be_sent_again(door: Door, state: str) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    change(door, state=state)
    answer = door.send(nonce=nonce)
    earlier, later = door.intents()

    assert answer.headers["Location"] == later.checkout_url != earlier.checkout_url
    assert earlier.state == state


def test_a_page_whose_time_is_over_makes_way_for_another(door: Door) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    let_time_pass(door, 30)
    answer = door.send(nonce=nonce)
    earlier, later = door.intents()

    assert answer.headers["Location"] == later.checkout_url
    assert earlier.state == "replaced"
    assert door.state_at_stripe(earlier) == "expired"


def silence(door: Door, calls: int) -> None:
    """Let Stripe be silent for some calls, each tried three times."""
    door.trouble.down = calls * 3


def answer_again(door: Door) -> None:
    """Let Stripe answer, and nobody remember that it did not."""
    door.trouble.down = 0
    serving._patient.cache_clear()


def test_while_stripe_is_silent_all_is_kept_and_pressing_again_goes_on(door: Door) -> None:
    nonce = door.nonce()
    silence(door, 1)
    away = door.send(nonce=nonce, dedication="To Bo", wall_name="Ann")
    kept = Page(away.text)
    key = door.intent().checkout_key
    answer_again(door)
    answer = door.send(nonce=nonce, dedication="To Bo", wall_name="Ann")

    assert away.status_code == 503
    assert away.headers["Retry-After"] == "60"
    assert "The payment page does not answer just now." in away.text
    assert kept.all("input", name="nonce")[0]["value"] == nonce
    assert kept.all("input", name="dedication")[0]["value"] == "To Bo"
    assert "form-action 'self' http://127.0.0.1:" in away.headers["Content-Security-Policy"]
    assert answer.headers["Location"] == door.intent().checkout_url
    assert door.intent().checkout_key == key
    assert door.pages_opened() == 1


def test_an_answer_that_was_lost_is_found_by_the_same_key(door: Door) -> None:
    nonce = door.nonce()
    door.trouble.lost = 1  # the client's own second try hears the first one's answer
    answer = door.send(nonce=nonce)

    assert answer.headers["Location"] == door.intent().checkout_url
    assert door.pages_opened() == 1


def test_long_after_a_silence_the_wish_begins_anew(door: Door) -> None:
    nonce = door.nonce()
    silence(door, 1)
    door.send(nonce=nonce)
    answer_again(door)
    let_time_pass(door, 5)
    answer = door.send(nonce=nonce)
    earlier, later = door.intents()

    assert answer.headers["Location"] == later.checkout_url
    assert (earlier.state, earlier.checkout_id) == ("replaced", None)


def test_no_new_page_while_it_is_not_known_whether_the_earlier_was_paid(door: Door) -> None:
    nonce = door.nonce()
    door.send(nonce=nonce)
    silence(door, 1)
    answer = door.send(nonce=nonce, amount_monthly="2000")

    assert answer.status_code == 503
    assert door.intent().state == "open"
    assert checked_amount(answer.text) == "2000"


def checked_amount(html: str) -> str:
    (pressed,) = [
        one["value"] for one in Page(html).all("input", name="amount_monthly") if "checked" in one
    ]
    return pressed


def test_what_stripe_refuses_is_told_to_staff_and_begins_anew(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = door.nonce()
    with monkeypatch.context() as patched:
        patched.setattr("app.memberships.joining.joining.OPEN_FOR", timedelta(minutes=20))
        refused = door.send(nonce=nonce)
    answer = door.send(nonce=nonce)
    earlier, later = door.intents()

    assert refused.status_code == 503
    assert earlier.state == "failed"
    assert earlier.look_at is None
    assert alarms(door)["checkout-refused"][1] == 1
    assert answer.headers["Location"] == later.checkout_url


def test_a_wish_replaced_on_its_way_to_stripe_leads_nowhere(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's second wish is quicker than the first, which is still on its way."""
    nonce = door.nonce()
    ask = World.ask

    def ask_late(self: World, method: str, path: str, *others: object) -> object:
        if path.endswith("/checkout/sessions") and method == "POST":
            monkeypatch.setattr(World, "ask", ask)
            change(door, state="replaced")
        return ask(self, method, path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(World, "ask", ask_late)
    answer = door.send(nonce=nonce)

    assert answer.status_code == 409
    assert "You sent another choice from this page meanwhile." in answer.text
    assert door.state_at_stripe(door.intent()) == "expired"


def test_a_network_has_its_share_and_others_theirs(door: Door) -> None:
    answers = [door.send(network="192.0.2.1") for _ in range(7)]
    other = door.send(network="192.0.2.9")

    assert [one.status_code for one in answers] == [303] * 5 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "Too many payment pages were opened from your network." in answers[-1].text
    assert checked_amount(answers[-1].text) == "1000"
    assert other.status_code == 303
    assert alarms(door) == {"card-testing": ("network", 2)}
    assert door.pages_opened() == 6


def test_a_network_that_had_its_share_still_gets_back_to_its_own_page(door: Door) -> None:
    nonces = [door.nonce() for _ in range(5)]
    for nonce in nonces:
        door.send(nonce=nonce)

    assert door.send(nonce=nonces[0]).status_code == 303
    assert door.send(nonce=nonces[0], amount_monthly="2000").status_code == 429
    assert door.intents()[0].state == "open"
    assert door.send().status_code == 429


def test_an_hour_later_the_share_is_whole_again(door: Door) -> None:
    for _ in range(5):
        door.send()
    with door.database.write() as session:
        session.execute(update(NetworkUse).values(created_at=now(session) - timedelta(hours=1)))
        session.commit()

    assert door.send().status_code == 303


def test_everybody_together_has_a_limit_too(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, JOINS_IN_ALL="2", JOINS_PER_NETWORK="0") as door:
        answers = [door.send(network=f"192.0.2.{one}") for one in range(3)]

        assert [one.status_code for one in answers] == [303, 303, 503]
        assert "More people are joining than we can let in at once." in answers[-1].text
        assert alarms(door) == {"card-testing": ("all", 1)}


def test_a_crowd_from_one_network_opens_no_more_than_its_share(
    database_url: str, tmp_path: Path
) -> None:
    with open_door(database_url, tmp_path, JOINS_PER_NETWORK="3") as door:

        def press(one: int) -> int:
            data = {"nonce": f"n{one}", "currency": "EUR", "amount_monthly": "1000"}
            return door.app.test_client().post("/join/", data=data).status_code

        with ThreadPoolExecutor(6) as hands:
            codes = list(hands.map(press, range(60)))
        ordinary = door.send(network="192.0.2.9")

        assert codes.count(429) == 57
        assert ordinary.status_code == 303
        assert door.pages_opened() <= 4


def test_the_limits_keep_no_address(door: Door) -> None:
    door.send(network="192.0.2.77")
    with door.database.read() as session:
        (use,) = session.scalars(select(NetworkUse)).all()

    assert use.use == "join"
    assert len(use.network_hash) == 64
    assert "192.0.2.77" not in use.network_hash
