"""Other systems are told what happens to subscriptions: whole, signed, and as often as it takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.clock import now
from app.core.outgoing import NotAllowedError
from app.core.work import Runtime
from app.newsletters.models import Consent
from app.newsletters.webhooks import jobs, webhooks
from app.newsletters.webhooks.marking import WAITS, waits
from app.newsletters.webhooks.models import WebhookDelivery
from app.people.erasing import erase
from app.people.exporting import export
from app.wiring import registers
from tests.newsletters.making import ANN
from tests.newsletters.webhooks.receivers import (
    answering,
    dropping,
    endless,
    hanging,
    listening,
)
from tests.newsletters.webhooks.rooms import Room


def test_a_system_is_told_the_whole_story_of_a_subscription(room: Room) -> None:
    room.listens()
    room.newsroom.asks(slug="weekly")
    room.newsroom.advance(days=2)
    room.newsroom.asks(kind="again")
    room.work()
    room.newsroom.confirms()
    room.work()

    assert room.receiver.types() == ["subscribed", "confirmed", "confirmed"]
    said = room.receiver.got[-1].said
    assert said["id"] == room.receiver.got[-1].id
    assert said["timestamp"].endswith("Z")
    assert said["data"].keys() == {"newsletter", "person", "email", "form"}
    assert (said["data"]["email"], said["data"]["form"]) == (ANN, "button")


def test_every_kind_of_event_has_its_name_and_the_rest_is_silent(room: Room) -> None:
    room.listens()
    for what in ("asked", "confirmed", "unsubscribed", "bounced", "complained", "imported"):
        room.happens(what)
    room.work()

    assert sorted(room.receiver.types()) == [
        *("bounced", "complained", "confirmed", "subscribed", "unsubscribed")
    ]


def test_a_system_is_told_of_what_it_wants_from_when_it_was_added(room: Room) -> None:
    room.happens("confirmed")
    room.listens("some", events=["confirmed"], newsletters=("weekly",))
    room.happens("confirmed")
    room.happens("asked", newsletter_id=room.newsroom.lists["weekly"])
    wanted = room.happens("confirmed", newsletter_id=room.newsroom.lists["weekly"])
    room.work()

    assert [one.id for one in room.receiver.got] == [f"evt_{wanted}"]


def test_each_event_is_told_once_however_often_the_lane_runs(room: Room) -> None:
    room.listens()
    room.happens()
    counts = [room.work() for _ in range(3)]

    assert counts == [1, 0, 0]
    assert room.states() == ["delivered"]
    assert len(room.receiver.got) == 1


def test_what_fails_is_told_again_under_the_same_id(room: Room) -> None:
    room.listens()
    room.happens()
    room.receiver.does(answering(500, b"for ann@post.example"), dropping)
    room.work()
    failed = room.deliveries()[0]
    assert (failed.state, failed.status, failed.attempts) == ("waiting", 500, 1)
    assert failed.answer == "for [address]"

    for _ in range(2):
        assert room.work() == 0, "it rests"
        room.newsroom.advance(minutes=10)
        room.work()

    assert len({one.id for one in room.receiver.got}) == 1
    assert (len(room.receiver.got), room.states()) == (3, ["delivered"])
    assert room.endpoint().failing_since is None


def test_a_system_that_fails_is_disabled_after_three_days_and_staff_are_told(room: Room) -> None:
    room.listens()
    room.happens()
    room.receiver.does(*[answering(503)] * 200)
    for _ in range(60):
        room.newsroom.advance(hours=2)
        room.work()

    assert room.states() == ["failed"]
    assert 6 <= len(room.receiver.got) <= len(WAITS) + 1
    assert room.endpoint().disabled_why == "it took nothing for three days"
    assert room.alarms() == [("webhooks-disabled", "crm", False)]


def test_a_message_that_a_well_system_refuses_is_given_up_alone(room: Room) -> None:
    room.listens()
    bad = room.happens()
    for _ in range(len(WAITS) + 1):
        room.receiver.does(answering(400))
        room.work()
        room.happens("confirmed")
        room.work()
        room.newsroom.advance(hours=30)

    of_bad = [one for one in room.deliveries() if one.consent_id == bad]
    assert [(one.state, one.attempts) for one in of_bad] == [("failed", len(WAITS) + 1)]
    assert set(room.states()) == {"failed", "delivered"}
    assert room.endpoint().disabled_at is None


def test_waits_grow_over_three_days_and_end() -> None:
    total = sum((waits(one) or timedelta(0) for one in range(1, len(WAITS) + 1)), timedelta(0))

    assert timedelta(days=2.7) < total < timedelta(days=3.6)
    assert waits(len(WAITS) + 1) is None


def test_410_disables_at_once_and_gives_up_what_waits(room: Room) -> None:
    room.listens()
    room.happens()
    room.happens("confirmed")
    room.receiver.does(answering(410))
    room.work()

    assert room.states() == ["failed", "failed"]
    assert len(room.receiver.got) == 1
    assert room.endpoint().disabled_why == "it answered 410 Gone"
    room.happens("unsubscribed")
    assert room.work() == 0


def test_a_system_that_was_disabled_is_told_again_when_staff_say_so(room: Room) -> None:
    room.listens()
    room.happens()
    room.receiver.does(answering(410))
    room.work()
    room.happens("bounced")
    with room.newsroom.database.write() as session:
        endpoint = webhooks.every(session)[0]
        webhooks.enable(session, endpoint, now(session))
        assert webhooks.redeliver(session, now(session), failed_of=endpoint.id) == 1
        session.commit()
    room.happens("confirmed")
    room.work()

    assert sorted(room.receiver.types()) == ["confirmed", "subscribed", "subscribed"]
    assert room.alarms() == [("webhooks-disabled", "crm", True)]


def test_429_is_left_alone_for_as_long_as_it_says(room: Room) -> None:
    room.listens()
    for _ in range(3):
        room.happens()
    room.receiver.does(answering(429, Retry_After="1800"))
    room.work()
    assert [one.attempts for one in room.deliveries()] == [1, 0, 0]

    room.newsroom.advance(minutes=29)
    assert room.work() == 0
    room.newsroom.advance(minutes=2)
    assert room.work() == 3

    assert room.states() == ["delivered"] * 3
    assert len(room.receiver.got) == 4


def test_a_body_without_end_is_read_to_its_first_bytes_and_cleaned(room: Room) -> None:
    room.listens()
    room.happens()
    room.receiver.does(endless)
    room.work()

    kept = room.deliveries()[0]
    assert kept.state == "delivered"
    assert len(kept.answer or "") <= 200
    assert "ann@" not in (kept.answer or "")


def test_one_system_that_hangs_keeps_no_other_waiting(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.newsletters.webhooks.trying.ANSWER_SECONDS", 0.5)
    with listening() as other:
        room.listens("hangs")
        room.listens("well", other.url)
        for _ in range(5):
            room.happens()
        room.receiver.does(*[hanging] * 5)
        room.work()

        assert len(other.got) == 5
    assert len(room.receiver.got) == 1
    assert sorted(room.states()) == ["delivered"] * 5 + ["waiting"] * 5


def test_of_an_erased_person_only_the_end_is_told_and_without_the_address(room: Room) -> None:
    room.listens()
    room.happens("confirmed")
    with room.newsroom.database.write() as session:
        erase(session, registers(room.settings), 1, now(session))
        session.commit()
    room.work()

    assert room.receiver.types() == ["unsubscribed"]
    assert room.receiver.got[0].said["data"]["email"] is None
    assert ANN.encode() not in room.receiver.got[0].body
    assert sorted(room.states()) == ["delivered", "dropped"]


def test_of_a_person_who_was_forgotten_nothing_is_told_any_more(room: Room) -> None:
    room.listens()
    room.happens()
    kept = room.happens("confirmed")
    room.newsroom.change(Consent, person_id=None)
    room.happens("unsubscribed")
    room.work()

    assert room.receiver.types() == ["unsubscribed"]
    assert room.states() == ["dropped", "dropped", "delivered"]
    with room.newsroom.database.write() as session:
        ids = [one.id for one in room.deliveries() if one.consent_id == kept]
        assert webhooks.redeliver(session, now(session), ids=ids) == 1
        session.commit()
    room.work()
    assert room.states() == ["dropped", "dropped", "delivered"]


def test_erasing_forgets_what_was_answered_about_a_person(room: Room) -> None:
    room.listens()
    room.happens()
    room.receiver.does(answering(200, b"Hello Ann"))
    room.work()
    with room.newsroom.database.write() as session:
        erase(session, registers(room.settings), 1, now(session))
        session.commit()

    assert [one.answer for one in room.deliveries()] == [None]


def test_a_person_is_told_who_was_told(room: Room) -> None:
    room.listens()
    room.happens("confirmed")
    room.work()

    with room.newsroom.database.read() as session:
        assert '"to": "crm"' in export(session, registers(room.settings), 1)


def test_the_log_is_kept_for_a_month(room: Room) -> None:
    room.listens()
    room.happens()
    room.work()
    with room.newsroom.database.write() as session:
        webhooks.forget(session, now(session) - timedelta(days=30))
        assert session.query(WebhookDelivery).count() == 1
        webhooks.forget(session, now(session) + timedelta(minutes=1))
        assert session.query(WebhookDelivery).count() == 0
        assert session.query(Consent).count() > 0


def test_production_tells_nobody_on_its_own_network(room: Room) -> None:
    room.listens()
    room.happens()
    careful = replace(room.settings, webhooks_private=False)
    with room.newsroom.database.write() as session:
        facts = webhooks.EndpointFacts("inside", room.receiver.url, ["confirmed"])
        with pytest.raises(NotAllowedError):
            webhooks.add(session, careful, facts, now(session))
    jobs.drain(Runtime(room.newsroom.database, careful))

    assert room.receiver.got == []
    assert [one.answer for one in room.deliveries()] == ["The address has to begin with https://."]
