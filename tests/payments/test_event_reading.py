"""Stripe's list of events: what no webhook brought is found, once, and nothing is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.payments.event_reading import OVERLAP, PAGE, read_events, read_through, reading
from app.payments.gateway import EventSeen, Gateway, GatewayDownError
from app.payments.inbox import receive
from app.payments.stripe_gateway import StripeGateway
from app.sandbox.stripe.world import World
from tests.payments.fakes import NOON, make_event
from tests.payments.joining import joined
from tests.payments.making import AT_ONCE, Till, make_till

MINUTE = timedelta(minutes=1)


@dataclass
class Listed:
    """A gateway that has a list of events and nothing else; `breaks_after` so many it is silent."""

    events: list[EventSeen] = field(default_factory=list)
    breaks_after: int | None = None
    since: list[datetime] = field(default_factory=list)

    def events_since(self, moment: datetime, _until_id: str | None) -> Iterator[EventSeen]:
        self.since.append(moment)
        newest_first = sorted(self.events, key=lambda one: one.created_at, reverse=True)
        for number, event in enumerate(newest_first):
            if number == self.breaks_after:
                raise GatewayDownError("silent", "Stripe does not answer.")
            if event.created_at >= moment:
                yield event


@pytest.fixture
def till(database: Database, settings: Settings) -> Till:
    return make_till(database, settings)


def read(database: Database, listed: Listed, *, live: bool = False) -> int:
    return read_events(database, cast("Gateway", listed), AT_ONCE, live=live)


def through(database: Database) -> datetime | None:
    with database.read() as session:
        return read_through(session)


def soon(number: int = 1) -> datetime:
    """Return a moment after any test has begun, each a minute after the other."""
    return datetime(2100, 1, 1, tzinfo=UTC) + number * MINUTE


def make_events(count: int) -> list[EventSeen]:
    return [
        make_event(f"evt_{one}", object_id=f"cs_{one}", created_at=soon(one))
        for one in range(count)
    ]


def test_what_no_webhook_brought_is_looked_at(
    till: Till, world: World, rehearsed: StripeGateway
) -> None:
    subscription = joined(rehearsed, world)
    found = read_events(till.database, rehearsed, AT_ONCE, live=False)

    assert found == len(world.all("event"))
    assert ("subscription", subscription.id) in till.keys()  # noqa: SIM118 - no dictionary
    assert read_events(till.database, rehearsed, AT_ONCE, live=False) == 0


def test_what_a_webhook_brought_is_left_alone(till: Till) -> None:
    came, missed = make_events(2)
    receive(till.database, came)

    assert read(till.database, Listed([came, missed])) == 1
    assert till.key("cs_0").dirty_seq == 1
    assert till.key("cs_1").dirty_seq == 1


def test_what_came_as_a_thin_event_is_not_looked_at_twice(till: Till) -> None:
    event = make_event("evt_list", created_at=soon())
    thin = replace(
        event,
        id="evt_test_thin",
        type=f"v1.{event.type}",
        created_at=soon() + timedelta(milliseconds=300),
    )
    receive(till.database, thin)

    assert read(till.database, Listed([event])) == 0
    assert till.key().dirty_seq == 1


def test_one_thin_event_stands_for_one_of_the_list(till: Till) -> None:
    first = make_event("evt_1", created_at=soon())
    second = replace(first, id="evt_2", created_at=soon() + timedelta(milliseconds=700))
    receive(till.database, replace(first, id="evt_thin", type=f"v1.{first.type}"))

    assert read(till.database, Listed([first, second])) == 1
    assert read(till.database, Listed([first, second])) == 0
    assert till.key().dirty_seq == 2


@pytest.mark.parametrize(
    "other",
    [
        {"type": "v1.checkout.session.expired"},
        {"object_id": "cs_2"},
        {"created_at": soon(2)},
    ],
)
def test_another_thin_event_stands_for_none(till: Till, other: dict[str, object]) -> None:
    event = make_event("evt_list", created_at=soon())
    thin: Any = {"type": f"v1.{event.type}", "id": "evt_thin", **other}
    receive(till.database, replace(event, **thin))

    assert read(till.database, Listed([event])) == 1


def test_each_reading_begins_an_hour_before_the_newest_event(till: Till) -> None:
    listed = Listed(make_events(2))
    read(till.database, listed)
    listed.events.append(make_event("evt_late", object_id="cs_late", created_at=soon(0) - MINUTE))
    read(till.database, listed)

    assert listed.since[1] == soon(1) - OVERLAP
    assert through(till.database) == soon(1)
    assert "evt_late" in till.states()


def test_where_nothing_happens_it_stays_where_it_is(till: Till) -> None:
    listed = Listed()
    read(till.database, listed)
    first = through(till.database)
    read(till.database, listed)

    assert first is not None
    assert through(till.database) == first
    assert listed.since == [listed.since[0], first - OVERLAP]


def test_it_never_goes_back(till: Till) -> None:
    read(till.database, Listed([make_event(created_at=soon(5))]))
    read(till.database, Listed([make_event("evt_2", created_at=soon(5) - MINUTE)]))

    assert through(till.database) == soon(5)


@pytest.mark.parametrize("breaks_after", [0, 1, PAGE + 1])
def test_a_reading_that_breaks_off_is_done_again_whole(till: Till, breaks_after: int) -> None:
    listed = Listed(make_events(PAGE + 5), breaks_after)
    with pytest.raises(GatewayDownError):
        read(till.database, listed)
    assert through(till.database) is None
    listed.breaks_after = None
    read(till.database, listed)

    assert len(till.states()) == PAGE + 5
    assert {till.key(f"cs_{one}").dirty_seq for one in range(PAGE + 5)} == {1}


def test_events_of_the_other_kind_of_money_are_not_taken(till: Till) -> None:
    ours = make_event(created_at=soon())
    read(till.database, Listed([ours, replace(ours, id="evt_2", live=True)]))

    assert list(till.states()) == ["evt_1"]


def test_what_is_older_than_the_first_reading_is_left_to_the_recount(till: Till) -> None:
    listed = Listed([make_event(created_at=NOON - timedelta(days=30))])

    assert read(till.database, listed) == 0


def refused(_settings: Settings) -> Gateway:
    raise AssertionError("nobody is to be asked")


def silent(_settings: Settings) -> Gateway:
    return cast("Gateway", Listed(make_events(1), breaks_after=0))


def test_the_cron_asks_nobody_without_a_key(till: Till) -> None:
    reading(refused).run(Runtime(till.database, till.settings))

    assert through(till.database) is None


def test_the_cron_bears_with_silence(till: Till) -> None:
    settings = replace(till.settings, stripe_key="sk_test_rehearsal")
    reading(silent).run(Runtime(till.database, settings))

    assert through(till.database) is None


def test_the_cron_reads(till: Till) -> None:
    settings = replace(till.settings, stripe_key="sk_test_rehearsal")
    listed = Listed(make_events(3))
    reading(lambda _settings: cast("Gateway", listed)).run(Runtime(till.database, settings))

    assert len(till.states()) == 3
