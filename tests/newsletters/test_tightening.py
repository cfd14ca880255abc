"""While too few confirm, a sign-up costs a script some work, and without script brings a code."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from app.core import proof_of_work
from app.core.alarms import Alarm
from app.core.orm import table_of
from app.core.proof_of_work import solve
from app.core.tightening import Tightening, forget_doors
from app.core.work import Runtime
from app.newsletters import rates
from app.newsletters.models import Confirmation
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, code_in, heading, moment

JSON = {"Accept": "application/json"}
BOB = "bob@post.example"


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "BITS", 8)


@pytest.fixture
def tight(newsroom: Newsroom) -> Newsroom:
    """The newsroom, while sign-ups are held tight."""
    at = moment(newsroom.database)
    with newsroom.database.write() as session:
        row = Tightening(door=rates.DOOR, since=at, until=at + timedelta(hours=1), looked_at=at)
        row.good, row.tried = 1, 100
        session.add(row)
        session.commit()
    forget_doors(newsroom.client.application.extensions["unwalled_database"])
    return newsroom


def asked(newsroom: Newsroom, email: str = ANN) -> str:
    """Send the form by script; return the challenge that answers it."""
    answer = newsroom.sign_up(email, headers=JSON)
    assert answer.status_code == 428
    challenge: str = answer.get_json()["challenge"]
    return challenge


def proves(newsroom: Newsroom, challenge: str, email: str = ANN, **fields: str) -> TestResponse:
    """Solve a challenge and send the form with it."""
    proof = solve(challenge)
    return newsroom.sign_up(
        email, headers=JSON, challenge=proof.challenge, number=proof.number, **fields
    )


def test_a_script_is_asked_for_a_proof_and_taken_with_it(tight: Newsroom) -> None:
    challenge = asked(tight)
    assert tight.requests() == []
    answer = proves(tight, challenge)
    tight.work()

    assert (answer.status_code, answer.get_json()["state"]) == (200, "sent")
    assert "/newsletters/confirm/" in tight.mails[0].part("plain")
    tight.confirms()
    assert tight.states() == {"daily": "confirmed"}


def test_a_proof_counts_once(tight: Newsroom) -> None:
    challenge = asked(tight)
    assert proves(tight, challenge).status_code == 200
    assert proves(tight, challenge).status_code == 428
    assert len(tight.requests()) == 1


def test_a_proof_is_for_one_address(tight: Newsroom) -> None:
    assert proves(tight, asked(tight, ANN), BOB).status_code == 428
    assert tight.requests() == []


def test_a_proof_is_for_one_network(tight: Newsroom) -> None:
    proof = solve(asked(tight))
    answer = tight.client.post(
        "/newsletters/daily/subscribe",
        data={"email": ANN, "challenge": proof.challenge, "number": proof.number},
        headers=JSON,
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )
    assert answer.status_code == 428


def test_a_proof_that_is_too_old_brings_a_new_challenge(tight: Newsroom) -> None:
    challenge = asked(tight)
    tight.advance(minutes=11)
    answer = proves(tight, challenge)
    assert answer.status_code == 428
    assert proves(tight, answer.get_json()["challenge"]).status_code == 200


def test_a_wrong_address_is_told_before_any_work(tight: Newsroom) -> None:
    assert tight.sign_up("ann@", headers=JSON).status_code == 422


@pytest.mark.parametrize("known", ["nobody", "confirmed"])
def test_who_is_known_is_asked_alike(tight: Newsroom, known: str) -> None:
    if known == "confirmed":
        waiting = tight.asks()
        tight.post(f"{waiting}/code", code=code_in(tight.mails[0]))
    one, other = (tight.sign_up(email, headers=JSON) for email in (ANN, BOB))
    assert one.status_code == other.status_code == 428
    assert len(one.data) == len(other.data)
    assert tight.states() == ({"daily": "confirmed"} if known == "confirmed" else {})


def test_without_script_the_mail_carries_a_code_and_no_link(tight: Newsroom) -> None:
    waiting = tight.asks()
    (mail,) = tight.mails
    for kind in ("plain", "html"):
        assert "/newsletters/confirm/" not in mail.part(kind)
    assert "six-digit code in it" in tight.client.get(waiting).text

    done = tight.post(f"{waiting}/code", code=code_in(mail))
    assert heading(done) == "Confirmed. Thank you"
    assert tight.states() == {"daily": "confirmed"}


def test_in_ukrainian_it_is_ukrainian(tight: Newsroom) -> None:
    waiting = tight.asks(prefix="/uk")
    assert "шестизначний код" in tight.client.get(waiting).text
    assert "Уведіть цей код" in tight.mails[0].part("plain")
    told = tight.sign_up(BOB, prefix="/uk", headers=JSON).get_json()
    assert "не робот" in told["errors"]["email"]


def capped(newsroom: Newsroom, cap: int) -> None:
    app = newsroom.client.application
    settings = app.extensions["unwalled_settings"]
    app.extensions["unwalled_settings"] = replace(settings, signups_without_script=cap)


def test_without_script_there_is_a_cap_for_all_networks_together(tight: Newsroom) -> None:
    capped(tight, 3)
    answers = [from_network(tight, number) for number in range(5)]
    assert [one.status_code for one in answers] == [303] * 3 + [429] * 2
    assert "Far too many sign-ups" in answers[-1].text
    assert proves(tight, asked(tight)).status_code == 200
    tight.advance(hours=1, minutes=1)
    assert from_network(tight, 9).status_code == 303


def from_network(newsroom: Newsroom, number: int) -> TestResponse:
    return newsroom.client.post(
        "/newsletters/daily/subscribe",
        data={"email": f"reader{number}@post.example"},
        environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
    )


def test_the_buttons_of_the_waiting_page_are_no_way_round(tight: Newsroom) -> None:
    capped(tight, 3)
    waiting = tight.asks()
    assert tight.post(f"{waiting}/address", email=BOB).status_code == 303
    assert tight.post(f"{waiting}/again").status_code == 303
    assert tight.post(f"{waiting}/again").status_code == 429
    tight.work()
    assert not [mail for mail in tight.mails if "/confirm/" in mail.part("plain")]


def test_while_all_is_well_nobody_is_asked_for_anything(newsroom: Newsroom) -> None:
    assert newsroom.sign_up(headers=JSON).status_code == 200
    assert not newsroom.requests()[0].code_only


def mailed(newsroom: Newsroom, used: int, of: int, *, minutes_ago: int = 20) -> None:
    """Let so many confirmations have left, and some of them be used."""
    at = moment(newsroom.database) - timedelta(minutes=minutes_ago)
    with newsroom.database.write() as session:
        person = Person(public_id="x", language="en", created_at=at)
        session.add(person)
        session.flush()
        rows = [
            {
                "person_id": person.id,
                "name": f"name{number}",
                "token_hash": f"hash{number}",
                "domain": "post.example",
                "created_at": at,
                "mailed_at": at,
                "expires_at": at,
                "ended_at": at,
                "used_at": at if number < used else None,
            }
            for number in range(of)
        ]
        session.execute(insert(table_of(Confirmation)), rows)
        session.commit()


def looked(newsroom: Newsroom) -> bool:
    """Let the minute's cron run; return whether sign-ups are held tight."""
    rates.watching().run(Runtime(newsroom.database, newsroom.settings))
    with newsroom.database.read() as session:
        return session.scalars(select(Tightening.since)).one() is not None


@pytest.mark.parametrize(
    ("used", "of", "minutes_ago", "tight"),
    [
        (9, 50, 20, True),
        (10, 50, 20, False),
        (0, 49, 20, False),
        (0, 50, 4, False),
        (0, 50, 66, False),
    ],
)
def test_the_rate_of_an_hour_decides(
    newsroom: Newsroom, used: int, of: int, minutes_ago: int, *, tight: bool
) -> None:
    mailed(newsroom, used, of, minutes_ago=minutes_ago)
    assert looked(newsroom) == tight


def test_staff_are_told_and_told_when_it_is_over(newsroom: Newsroom) -> None:
    mailed(newsroom, 0, 60)
    looked(newsroom)
    newsroom.advance(hours=2)
    assert not looked(newsroom)
    with newsroom.database.read() as session:
        alarm = session.scalars(select(Alarm)).one()
    assert alarm.kind == "sign-ups-tightened"
    assert alarm.cleared_at is not None


def test_what_the_caps_held_back_counts_for_nothing(newsroom: Newsroom) -> None:
    mailed(newsroom, 0, 60)
    newsroom.change(Confirmation, mailed_at=None)
    assert not looked(newsroom)
