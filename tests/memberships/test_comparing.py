"""Everything held against Stripe: what is merely late is mended, what stands otherwise is named."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.articles.versions import content_version
from app.core.alarms import Alarm
from app.core.clock import now
from app.core.database import Database
from app.core.job_rows import JobRow
from app.core.settings import Settings
from app.core.work import Runtime
from app.memberships import service
from app.memberships.comparing import comparison
from app.memberships.handling import handlers
from app.memberships.models import Entitlement, MemberCounter
from app.memberships.money_models import Dispute, Membership, Payment, Refund
from app.memberships.queries import current_count
from app.payments import drift, reconciling
from app.payments.drift import Difference
from app.payments.gateway import GatewayDownError
from app.payments.looking import Handlers
from app.payments.models import Reconciliation
from app.payments.reconciling import look_at_all, reconcile
from app.people.models import Person
from tests.memberships.account.making import join as join_elsewhere
from tests.memberships.sync_making import DAY, Till, open_till


@pytest.fixture
def till(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Till]:
    with open_till(database, settings, tmp_path) as opened:
        yield opened


def deaf() -> Handlers:
    """Return handlers that write nothing: what differs stays so."""

    def nothing(*_seen: object) -> bool:
        return True

    return Handlers(nothing, nothing, nothing, nothing)


def compare(till: Till, *, mending: bool = True) -> tuple[Difference, ...]:
    sync = till.sync if mending else replace(till.sync, handlers=deaf())
    return reconcile(sync, comparison())


def kinds(found: tuple[Difference, ...]) -> list[str]:
    return [one.kind for one in found]


def rows(till: Till, model: type[object]) -> int:
    with till.database.read() as session:
        return len(session.scalars(select(model)).all())


def change(till: Till, model: type[object], **values: object) -> None:
    with till.database.write() as session:
        session.execute(update(model).values(values))
        session.commit()


def alarms(till: Till) -> list[str]:
    with till.database.read() as session:
        return [
            one.kind for one in session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
        ]


def members(till: Till) -> int:
    with till.database.read() as session:
        found = current_count(session, now(session))
    return found.members if found else 0


def test_where_all_is_as_at_stripe_nothing_is_found(till: Till) -> None:
    first = till.member()
    till.member(email="bo@post.example", interval="year")
    till.world.refund(till.paid(first), 200)
    till.look("payment", till.paid(first))
    till.world.dispute(till.paid(first))
    till.look("payment", till.paid(first))

    assert compare(till, mending=False) == ()
    with till.database.read() as session:
        done = drift.latest(session)
    assert done is not None
    assert (done.checked, done.drift) == (6, 0)  # a refund, a dispute, two memberships and invoices


def lose_join(till: Till) -> None:
    till.join()


def lose_renewal(till: Till) -> None:
    till.member()
    till.advance(32 * DAY)


def lose_refund(till: Till) -> None:
    till.world.refund(till.paid(till.member()))


def lose_dispute(till: Till) -> None:
    till.world.dispute(till.paid(till.member()))


def lose_cancellation(till: Till) -> None:
    till.gateway.cancel(till.member(), "cancel")


def lose_amount(till: Till) -> None:
    subscription = till.member()
    till.gateway.change_amount(subscription, till.gateway.subscription(subscription).money * 2, "x")


def lose_deletion(till: Till) -> None:
    subscription = till.member()
    till.world.delete_customer(till.gateway.subscription(subscription).customer_id)


LOSSES = [
    lose_join,
    lose_renewal,
    lose_refund,
    lose_dispute,
    lose_cancellation,
    lose_amount,
    lose_deletion,
]


@pytest.mark.parametrize("lose", LOSSES)
def test_what_was_merely_not_heard_of_is_mended_and_no_drift(
    till: Till, lose: Callable[[Till], None]
) -> None:
    lose(till)

    assert compare(till) == ()
    till.drain()
    assert compare(till, mending=False) == ()
    assert alarms(till) in ([], ["dispute"])


@pytest.mark.parametrize("lose", LOSSES)
def test_what_stays_otherwise_is_drift(till: Till, lose: Callable[[Till], None]) -> None:
    lose(till)
    found = compare(till, mending=False)

    assert found
    assert all(one.id and one.what for one in found)
    assert alarms(till) == ["drift"]


def drop_revision(till: Till) -> None:
    """Take an entitlement back that is paid for."""
    with till.database.write() as session:
        (row,) = session.scalars(select(Entitlement))
        service.revoke(session, row.source, row.source_ref, reason="a slip", now=now(session))
        session.commit()


def lengthen(till: Till) -> None:
    """Entitle to a day more than is paid for."""
    with till.database.write() as session:
        (row,) = session.scalars(select(Entitlement))
        given = service.Grant(
            row.person_id, row.source, row.source_ref, row.starts_at,
            (row.ends_at or row.starts_at) + timedelta(days=1),
        )  # fmt: skip
        service.grant(session, given, reason="a slip", now=now(session))
        session.commit()


@pytest.mark.parametrize("slip", [drop_revision, lengthen])
def test_a_ledger_that_says_other_than_the_money_is_found_and_mended(
    till: Till, slip: Callable[[Till], None]
) -> None:
    till.member()
    slip(till)
    found = compare(till, mending=False)

    assert kinds(found) == ["subscription"]
    assert "The ledger entitles" in found[0].what
    assert compare(till) == ()
    assert members(till) == 1


@pytest.mark.parametrize(
    ("model", "values", "kind"),
    [
        (Membership, {"status": "past_due"}, "subscription"),
        (Membership, {"card_last4": "0000"}, "subscription"),
        (Payment, {"amount_minor": 600}, "invoice"),
        (Payment, {"currency": "USD"}, "invoice"),
        (Payment, {"covers_until": None}, "invoice"),
        (Refund, {"status": "pending"}, "refund"),
        (Refund, {"amount_minor": 1}, "refund"),
        (Dispute, {"state": "won"}, "dispute"),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(
    till: Till, model: type[object], values: dict[str, object], kind: str
) -> None:
    payment = till.paid(till.member())
    till.world.refund(payment, 100)
    till.world.dispute(payment)
    till.look("payment", payment)
    change(till, model, **values)

    assert kind in kinds(compare(till, mending=False))
    assert compare(till) == ()


def test_a_membership_that_stripe_does_not_have_is_drift(till: Till) -> None:
    till.member()
    change(till, Membership, subscription_id="sub_invented")
    found = compare(till, mending=False)

    assert Difference("subscription", "sub_invented", "Stripe does not have it.") in found


def test_a_page_that_was_given_up_and_is_paid_is_found(till: Till) -> None:
    page = till.join(kind="gift", interval=None, state="expired", look_at=None)
    found = compare(till, mending=False)

    assert found == (Difference("checkout", page, "It is paid at Stripe, and expired here."),)
    assert compare(till) == ()


def test_a_counter_that_is_off_is_found(till: Till) -> None:
    till.member()
    change(till, MemberCounter, members=5)
    found = compare(till)

    assert kinds(found) == ["count"]
    assert "The counter says 5, the ledger 1." in [one.what for one in found]


def test_what_others_sell_in_the_same_account_is_no_drift(till: Till) -> None:
    foreign = join_elsewhere(till.world, till.gateway)
    till.world.refund(till.paid(foreign))

    assert compare(till) == ()
    assert rows(till, Membership) == 0


def test_a_pause_is_no_drift(till: Till) -> None:
    subscription = till.member()
    till.gateway.pause(subscription, "pause")
    till.advance(40 * DAY)
    till.look("subscription", subscription)

    assert compare(till, mending=False) == ()


def test_the_card_of_somebody_erased_is_not_missed(till: Till) -> None:
    subscription = till.member()
    with till.database.read() as session:
        moment = now(session)
    change(till, Person, erased_at=moment)
    till.look("subscription", subscription)

    assert compare(till, mending=False) == ()


def test_the_alarm_goes_once_nothing_is_found(till: Till) -> None:
    till.join()
    compare(till, mending=False)
    assert alarms(till) == ["drift"]
    compare(till)

    assert alarms(till) == []


def test_what_is_found_is_kept_and_every_page_made_anew(till: Till) -> None:
    with till.database.read() as session:
        before = content_version(session)
    till.join()
    (found,) = compare(till, mending=False)
    with till.database.read() as session:
        row = session.scalars(select(Reconciliation)).one()
        after = content_version(session)

    assert row.found == [{"kind": found.kind, "id": found.id, "what": found.what}]
    assert (row.drift, row.finished_at is not None) == (1, True)
    assert after > before


def test_a_comparison_that_breaks_off_says_nothing(till: Till) -> None:
    till.member()
    till.trouble.down = 1_000
    with pytest.raises(GatewayDownError):
        compare(till)
    with till.database.read() as session:
        assert drift.latest(session) is None
        assert session.scalars(select(Reconciliation.drift)).all() == [None]


def test_everything_can_be_looked_at_anew(till: Till) -> None:
    till.member()
    till.join(email="bo@post.example")
    till.look("checkout", till.join(kind="gift", interval=None, email="cy@post.example"))
    late = till.join(kind="gift", interval=None, state="expired", look_at=None)
    change(till, Payment, amount_minor=1)
    passed: list[int] = []

    assert look_at_all(till.sync, comparison(), passed.append) == 4
    till.drain()
    assert passed == [1, 2, 3, 4]
    assert rows(till, Membership) == 2
    assert compare(till, mending=False) == ()
    assert till.gateway.checkout(late).paid
    with till.database.read() as session:
        assert set(session.scalars(select(Payment.amount_minor))) == {700}


def test_it_begins_at_night_and_only_once(till: Till) -> None:
    runtime = Runtime(till.database, replace(till.settings, stripe_key="sk_test_rehearsal"))
    cron = reconciling.nightly()
    cron.run(Runtime(till.database, till.settings))
    assert rows(till, JobRow) == 0
    cron.run(runtime)
    cron.run(runtime)

    assert rows(till, JobRow) == 1


def test_the_job_compares(till: Till) -> None:
    till.join()
    job = reconciling.job(comparison(), handlers, lambda _settings: till.gateway)
    job.run(Runtime(till.database, till.settings), {})

    with till.database.read() as session:
        done = drift.latest(session)
    assert done is not None
    assert done.drift == 0
    assert members(till) == 1
