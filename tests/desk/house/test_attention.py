"""What needs somebody, read from alarms and from rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.core import heartbeat
from app.core.alarms import Alarm, raise_alarm
from app.core.clock import now
from app.core.database import Database
from app.core.job_rows import JobRow
from app.core.settings import Settings
from app.core.tightening import Rule, look
from app.desk.house.attention import attention
from app.desk.house.needs import Need, is_known, sentence
from app.mail import dns_watching, hook_views, watching
from app.mail.asking_dns import MISSING, Finding
from app.memberships import payment_rows, seen_memberships
from app.memberships.joining import paying
from app.memberships.money_models import Dispute, Membership
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.webhooks import marking
from app.newsletters.webhooks.models import WebhookEndpoint
from app.payments import drift
from app.payments.models import StripeEvent
from app.people import audit_verifying, staff_codes
from tests.memberships.making import make_person
from tests.memberships.money_making import Newsroom, newsroom
from tests.newsletters.making import make_list

RAISED = (
    payment_rows.DISPUTED,
    payment_rows.WARNED,
    seen_memberships.TWO_MEMBERSHIPS,
    paying.CARD_TESTING,
    paying.REFUSED,
    drift.ALARM,
    hook_views.FORGED,
    marking.ALARM,
    dns_watching.ALARM,
    audit_verifying.ALARM,
    staff_codes.ALARM,
    *(bound.alarm for bound in watching.BOUNDS),
    "sign-ups-tightened",
    "joining-tightened",
)
DERIVED = (
    "no-worker", "work-late", "parked", "failing", "stripe-late", "webhooks-late", "confirm-rate",
)  # fmt: skip


@pytest.fixture
def moment(session: Session) -> datetime:
    """The present, with an engine alive."""
    heartbeat.beat(session, "worker")
    session.flush()
    return now(session)


@pytest.fixture
def news(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(database, settings, tmp_path) as opened:
        yield opened


def kinds(session: Session, moment: datetime) -> list[str]:
    return [one.kind for one in attention(session, moment)]


def of_money(news: Newsroom) -> dict[str, Need]:
    with news.database.write() as session:
        heartbeat.beat(session, "worker")
        session.commit()
        return {one.kind: one for one in attention(session, now(session))}


def job(session: Session, moment: datetime, **values: object) -> None:
    row = {"name": "x", "payload": {}, "created_at": moment, "due_at": moment, **values}
    session.execute(insert(JobRow).values(**row))


def test_all_is_well_where_nothing_is_wrong(session: Session, moment: datetime) -> None:
    job(session, moment)
    assert attention(session, moment) == ()


@pytest.mark.parametrize("kind", [*RAISED, *DERIVED])
def test_each_kind_has_words_and_a_way_out_in_both_languages(kind: str) -> None:
    need = Need(kind, "ref", since=datetime(2026, 1, 1))  # noqa: DTZ001 - shown nowhere
    assert is_known(kind)
    assert sentence(need, "uk") != sentence(need, "en")


def test_an_alarm_of_a_kind_without_words_is_told_all_the_same(
    session: Session, moment: datetime
) -> None:
    raise_alarm(session, "new-trouble", moment, "somewhere")
    (need,) = attention(session, moment)
    assert sentence(need, "en") == "An alarm stands: new-trouble somewhere"
    assert need.can_clear


def test_what_was_cleared_is_not_told(session: Session, moment: datetime) -> None:
    raise_alarm(session, "mail.forged", moment, "ses")
    session.execute(update(Alarm).values(cleared_at=moment))
    assert attention(session, moment) == ()


def test_a_dispute_is_told_with_its_money_person_and_deadline(news: Newsroom) -> None:
    news.join()
    news.look()
    (paid,) = news.payments()
    dispute = news.world.dispute(paid.payment_id)
    news.look()

    need = of_money(news)["dispute"]
    (row,) = news.rows(Dispute)
    assert need.due_at == row.answer_by == row.opened_at + timedelta(days=14)
    assert (need.person_id, need.stripe) == (paid.person_id, f"disputes/{row.dispute_id}")
    assert sentence(need, "en") == "A payment of €7 is disputed"
    news.world.settle_dispute(dispute, won=True)
    news.look()
    assert "dispute" not in of_money(news)


def test_a_warning_is_told_with_what_could_be_given_back(news: Newsroom) -> None:
    news.join()
    news.look()
    (paid,) = news.payments()
    news.world.warn(paid.payment_id)
    news.look()

    need = of_money(news)["early-fraud-warning"]
    assert (need.person_id, need.stripe) == (paid.person_id, f"payments/{paid.payment_id}")
    assert need.money is not None
    assert need.money.minor == 700


def test_memberships_that_cannot_be_charged_are_counted(session: Session, moment: datetime) -> None:
    for number, since in enumerate([None, moment, moment]):
        row = {"customer_id": "cus", "amount_minor": 700, "currency": "EUR", "interval": "month"}
        times = {"started_at": moment, "period_ends_at": moment, "failing_since": since}
        ended = moment if number > 1 else None
        person = make_person(session, f"reader{number}@post.example")
        session.execute(
            insert(Membership).values(
                subscription_id=f"sub_{number}", person_id=person, status="active", paused=False,
                ended_at=ended, **row, **times,
            )
        )  # fmt: skip

    (need,) = attention(session, moment)
    assert (need.kind, need.count) == ("failing", 1)


def test_work_that_was_set_aside_is_counted(session: Session, moment: datetime) -> None:
    for number in range(2):
        job(session, moment, parked_at=moment - timedelta(days=number), last_error="no")
    job(session, moment, parked_at=moment, done_at=moment)

    (need,) = attention(session, moment)
    assert (need.kind, need.count) == ("parked", 2)
    assert need.since == moment - timedelta(days=1)


def test_work_that_nobody_does_is_told_after_ten_minutes(
    session: Session, moment: datetime
) -> None:
    job(session, moment, leased_until=moment + timedelta(hours=1))
    session.execute(update(JobRow).values(due_at=moment - timedelta(minutes=30)))
    assert kinds(session, moment) == []  # it is in work

    job(session, moment, due_at=moment - timedelta(minutes=11))
    assert kinds(session, moment) == ["work-late"]


def test_an_engine_that_is_gone_comes_first(session: Session) -> None:
    moment = now(session)
    job(session, moment, parked_at=moment)
    assert kinds(session, moment) == ["no-worker", "parked"]


def test_events_that_come_late_are_told(session: Session, moment: datetime) -> None:
    def event(number: int, late: timedelta) -> None:
        at = moment - timedelta(minutes=20)
        row = {"event_id": f"evt_{number}", "type": "x", "object_kind": "x", "object_id": "x"}
        times = {"created_at": at, "received_at": at + late, "state": "ours"}
        session.execute(insert(StripeEvent).values(**row, **times))

    for number in range(3):
        event(number, timedelta(seconds=2))
    event(10, timedelta(minutes=4))
    assert kinds(session, moment) == []

    for number in range(20, 24):
        event(number, timedelta(minutes=4))
    (need,) = attention(session, moment)
    assert (need.kind, need.count, need.of) == ("stripe-late", 5, 8)


def test_a_system_that_takes_nothing_is_told_until_it_is_turned_off(
    session: Session, moment: datetime
) -> None:
    row = {"url": "https://x.test/", "secret_name": "s", "events": [], "newsletters": []}
    values = {"after_id": 0, "created_at": moment, "failing_since": moment}
    session.execute(insert(WebhookEndpoint).values(name="crm", **row, **values))
    (need,) = attention(session, moment)
    assert sentence(need, "en") == "The system crm takes no webhooks"

    session.execute(update(WebhookEndpoint).values(disabled_at=moment))
    assert kinds(session, moment) == []


@pytest.mark.parametrize("door", ["sign-ups", "joining"])
def test_a_door_that_is_held_tight_is_told_with_its_numbers(
    session: Session, moment: datetime, door: str
) -> None:
    look(session, door, Rule(50, 20), (3, 40), moment)

    (need,) = attention(session, moment)
    assert (need.kind, need.count, need.of) == (f"{door}-tightened", 3, 40)
    assert "only 3 of" in sentence(need, "en")
    assert not need.can_clear


@pytest.mark.parametrize(("confirmed", "told"), [(50, True), (190, False)])
def test_a_confirm_rate_that_surely_fell_is_told(
    session: Session, moment: datetime, confirmed: int, *, told: bool
) -> None:
    newsletter = make_list(session, "daily").id
    for days, asked, did in ((2, 400, confirmed), (20, 400, 200)):
        row = {"newsletter_id": newsletter, "day": (moment - timedelta(days=days)).date()}
        numbers = {"from_path": "", "form": "page", "asked": asked, "confirmed": did}
        session.execute(insert(FunnelDay).values(**row, **numbers))

    assert kinds(session, moment) == ["confirm-rate"] * told


def test_faults_of_dns_are_counted_under_their_domain(session: Session, moment: datetime) -> None:
    found = [Finding("MX", MISSING, "None."), Finding("SPF", MISSING, "None.")]
    dns_watching.keep(session, "post.example", found, moment)

    (need,) = attention(session, moment)
    assert sentence(need, "en") == "DNS is wrong about mail from post.example in 2 points"
    assert not need.can_clear
