"""The whole way: cards declined on the hosted page, the webhook, the lane, the work to be shown."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import proof_of_work
from app.core.alarms import open_alarms
from app.core.tightening import forget_doors
from app.core.work import Runtime
from app.sandbox.stripe.events import body_of, signature
from app.sandbox.stripe.serving import WEBHOOK_PATH, make_pages
from app.wiring import WORK
from tests.memberships.account.making import GOOD_CARD
from tests.memberships.joining.making import Door, open_door
from tests.memberships.joining.test_proving import asked, proves

DECLINED, TOO_LITTLE = "4000000000000002", "4000000000009995"
SECRET = "whsec_rehearsal_only"


@pytest.fixture
def door(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(proof_of_work, "BITS", 8)
    with open_door(database_url, tmp_path, JOIN_PAID_FLOOR="10", JOIN_PAID_LEAST="6") as it:
        yield it


def opened(door: Door, rhythm: str) -> str:
    """Send the form; return the page that it leads to."""
    assert door.send(interval=rhythm).status_code == 303
    return str(door.intents()[-1].checkout_id)


def types(door: Door, page: str, card: str) -> int:
    """Fill in the hosted page, and press; return the status of its answer."""
    hosted = make_pages(door.world, door.settings.site_url).test_client()
    fields = {"email": "ann@post.example", "name": "Ann Example", "typed": card}
    return hosted.post(f"/pay/{page}", data=fields).status_code


def hears(door: Door) -> None:
    """Take all events as they come signed, look at what they name, and let the minute pass."""
    for event in reversed(door.world.all("event")):
        body = body_of(event, "thin")
        signed = {"Stripe-Signature": signature(body, SECRET, int(time.time()))}
        assert door.client.post(WEBHOOK_PATH, data=body, headers=signed).status_code == 200
    runtime = Runtime(door.database, door.settings)
    (lane,) = (one for one in WORK.lanes if one.name == "payments")
    while lane.drain(runtime):
        pass
    (minutely,) = (one for one in WORK.crons if one.name == "memberships.declines")
    minutely.run(runtime)
    forget_doors(door.database)


def are_declined(door: Door) -> None:
    """Try three cards on the page of a membership, and three on that of a gift."""
    for rhythm, card in (("monthly", DECLINED), ("once", TOO_LITTLE)):
        page = opened(door, rhythm)
        assert [types(door, page, card) for _ in range(3)] == [422] * 3


def test_cards_declined_on_payment_pages_make_the_next_page_cost_work(door: Door) -> None:
    are_declined(door)
    assert door.send().status_code == 303  # nobody has told us yet
    hears(door)

    nonce = door.nonce()
    challenge = asked(door.send(nonce=nonce))
    with door.database.read() as session:
        assert [one.kind for one in open_alarms(session)] == ["joining-tightened"]
    assert proves(door, nonce, challenge).status_code == 303
    assert types(door, str(door.intents()[-1].checkout_id), GOOD_CARD) == 303


def test_cards_that_pay_keep_the_way_to_the_payment_short(door: Door) -> None:
    are_declined(door)
    assert types(door, opened(door, "once"), GOOD_CARD) == 303
    hears(door)

    assert door.send().status_code == 303
