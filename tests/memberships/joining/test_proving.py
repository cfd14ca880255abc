"""A payment page while somebody tries cards: work by script, a minute without, once each."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.core import proof_of_work
from app.core.proof_of_work import solve
from app.core.tightening import Tightening, forget_doors
from tests.mail.making import advance
from tests.memberships.joining.making import Door, open_door, tighten

CHALLENGE = re.compile(r'name="challenge" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "BITS", 8)


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, JOINS_PER_NETWORK="3") as opened:
        tighten(opened)
        yield opened


def asked(answer: TestResponse) -> str:
    """Return the challenge of an answer that asks for a proof."""
    assert answer.status_code == 428
    found = CHALLENGE.search(answer.text)
    assert found
    return found[1]


def proves(door: Door, nonce: str, challenge: str, **fields: str) -> TestResponse:
    number = solve(challenge).number
    return door.send(nonce=nonce, challenge=challenge, number=number, **fields)


def test_a_proof_is_asked_for_with_all_that_was_typed_and_then_taken(door: Door) -> None:
    nonce = door.nonce()
    answer = door.send(nonce=nonce, wall_name="Ann of the Hill", amount_monthly="2000")

    assert "Ann of the Hill" in answer.text
    assert re.search(r'value="2000" checked', answer.text)
    assert f'name="nonce" value="{nonce}"' in answer.text
    assert "js/proving.js" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert door.pages_opened() == 0
    assert proves(door, nonce, asked(answer)).headers["Location"] == door.intent().checkout_url


@pytest.mark.parametrize("path", ["/join/", "/uk/join/"])
@pytest.mark.parametrize("whom", ["me", "gift", "given"])
def test_whatever_is_to_be_paid_is_asked_for_it(door: Door, path: str, whom: str) -> None:
    assert asked(door.send(path, whom=whom, recipient="bo@post.example", as_typed="1"))
    assert door.pages_opened() == 0


def test_a_proof_is_good_once_and_for_one_network_and_one_form(door: Door) -> None:
    nonce, other = door.nonce(), door.nonce()
    challenge = asked(door.send(nonce=nonce))

    assert asked(proves(door, nonce, challenge, network="192.0.2.1"))
    assert asked(proves(door, other, challenge))
    assert asked(door.send(nonce=nonce, challenge=challenge, number="1" * 17)) == challenge
    assert proves(door, nonce, challenge).status_code == 303
    assert asked(proves(door, nonce, challenge, amount_monthly="2000")) != challenge
    assert door.pages_opened() == 1


def test_no_script_goes_round_and_round_by_itself(door: Door) -> None:
    nonce = door.nonce()
    first = door.send(nonce=nonce)
    again = proves(door, nonce, asked(first), network="192.0.2.1")

    assert "Please press once more now." not in first.text
    assert "Please press once more now." in again.text


def test_without_script_it_takes_a_minute_and_a_network_gets_one_a_minute(door: Door) -> None:
    nonces = [door.nonce(), door.nonce()]
    challenges = [asked(door.send(nonce=one)) for one in nonces]
    first, second = zip(nonces, challenges, strict=True)
    advance(door.database, seconds=40)
    assert asked(door.send(nonce=first[0], challenge=first[1])) == first[1]

    advance(door.database, seconds=20)
    assert door.send(nonce=first[0], challenge=first[1]).status_code == 303
    assert asked(door.send(nonce=second[0], challenge=second[1])) == second[1]
    advance(door.database, seconds=61)
    assert door.send(nonce=second[0], challenge=second[1]).status_code == 303


def test_whoever_presses_twice_gets_the_same_page(door: Door) -> None:
    nonce = door.nonce()
    challenge = asked(door.send(nonce=nonce))
    answers = [proves(door, nonce, challenge), door.send(nonce=nonce)]

    assert [one.headers["Location"] for one in answers] == [door.intent().checkout_url] * 2


def test_a_challenge_that_is_over_is_made_anew(door: Door) -> None:
    nonce = door.nonce()
    challenge = asked(door.send(nonce=nonce))
    advance(door.database, minutes=10)

    assert asked(door.send(nonce=nonce, challenge=challenge)) != challenge


def test_five_hundred_from_one_network_get_their_share_and_an_ordinary_supporter_passes(
    door: Door,
) -> None:
    nonces = [f"tester-{one}" for one in range(250)]
    challenges = [asked(door.send(nonce=one)) for one in nonces]
    assert door.pages_opened() == 0
    answers = [proves(door, *one) for one in zip(nonces, challenges, strict=True)]
    mine, network = door.nonce(), "198.51.100.7"
    ordinary = proves(door, mine, asked(door.send(nonce=mine, network=network)), network=network)

    assert [one.status_code for one in answers] == [303] * 3 + [429] * 247
    assert ordinary.status_code == 303
    assert door.pages_opened() == 4


def test_once_it_is_calm_nothing_is_asked(door: Door) -> None:
    with door.database.write() as session:
        session.execute(delete(Tightening))
        session.commit()
    forget_doors(door.database)

    assert door.send().status_code == 303
