"""Orders of staff: whatever dies in between, each is done once, and none is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, update

from app.core.alarms import Alarm
from app.core.clock import now
from app.core.database import Database
from app.core.money import Money
from app.memberships.money_models import Membership, Payment
from app.memberships.orders import ordering
from app.memberships.orders.jobs import ask_due
from app.memberships.orders.models import StaffOrder
from app.memberships.orders.ordering import NotNowError, Outcome, UnderWayError, Wanted, order
from app.memberships.queries import current_count
from app.memberships.standing import standing_of
from app.payments.gateway import Gateway
from app.payments.stripe_client import RETRIES
from app.people.audit import Actor, AuditEntry
from app.people.once import new_nonce
from tests.memberships.account.making import Supporter, supporting

WHO = Actor.command("test")
LONG_AGO = timedelta(hours=25)


class DiedError(Exception):
    """The process ends here."""


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Supporter]:
    with supporting(database, tmp_path) as made:
        yield made


def refund(ann: Supporter, minor: int = 700, nonce: str = "") -> Wanted:
    with ann.database.read() as session:
        payment = session.scalars(select(Payment.id)).one()
    money = Money(minor, "EUR")
    return Wanted(nonce or new_nonce(), "refund", ann.person_id, payment_id=payment, money=money)


def change(ann: Supporter, kind: str) -> Wanted:
    with ann.database.read() as session:
        membership = session.scalars(select(Membership.id)).one()
    return Wanted(new_nonce(), kind, ann.person_id, membership_id=membership)


def members(ann: Supporter) -> int:
    with ann.database.read() as session:
        found = current_count(session, now(session))
    return found.members if found is not None else 0


def free(ann: Supporter, **values: object) -> None:
    """Let the lease of a process that died run out, and time pass."""
    with ann.database.write() as session:
        fresh = {"leased_until": None, "lease": None, "due_at": now(session) - LONG_AGO}
        session.execute(update(StaffOrder).values(**fresh, **values))
        session.commit()


def sent_back(ann: Supporter) -> list[int]:
    return [one["amount"] for one in ann.world.all("refund")]


def outcomes(ann: Supporter) -> list[str | None]:
    with ann.database.read() as session:
        return list(session.scalars(select(StaffOrder.outcome)))


def deeds(ann: Supporter) -> list[str]:
    with ann.database.read() as session:
        return list(session.scalars(select(AuditEntry.what)))


class Late:
    """A gateway whose answers come so late that another process has asked in the meantime."""

    def __init__(self, ann: Supporter) -> None:
        self.ann = ann
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        found: Callable[..., object] = getattr(self.ann.gateway, name)
        if name not in {"refund", "cancel", "pause"}:
            return found

        def late(*values: object) -> object:
            self.asked.append(name)
            answer = found(*values)
            free(self.ann)
            assert ask_due(self.ann.till) == 1
            return answer

        return late


@pytest.mark.parametrize("place", ["order.kept", "order.asked", "order.done"])
def test_a_process_that_dies_anywhere_refunds_once_all_the_same(
    ann: Supporter, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def die(here: str) -> None:
        if here == place:
            raise DiedError

    wanted = refund(ann, 300)
    monkeypatch.setattr(ordering, "failpoint", die)
    with pytest.raises(DiedError):
        order(ann.till, wanted, WHO)
    monkeypatch.undo()
    free(ann)

    ask_due(ann.till)
    ask_due(ann.till)

    assert sent_back(ann) == [300]
    with ann.database.read() as session:
        assert session.scalars(select(StaffOrder.outcome)).all() == ["done"]


def test_what_stripe_was_silent_about_is_asked_again_and_done_once(ann: Supporter) -> None:
    ann.trouble.lost = 1 + RETRIES  # it hears every time, and no answer comes back

    waiting = order(ann.till, refund(ann), WHO)
    free(ann)

    assert waiting == Outcome("waiting")
    assert ask_due(ann.till) == 1
    assert sent_back(ann) == [700]
    assert members(ann) == 0


def test_one_form_is_one_order_whatever_it_asks_for(ann: Supporter) -> None:
    wanted = refund(ann, 200)

    first, again = order(ann.till, wanted, WHO), order(ann.till, wanted, WHO)
    dearer = order(ann.till, replace(wanted, money=Money(500, "EUR")), WHO)

    assert first == again == dearer == Outcome("done", is_written=True)
    assert sent_back(ann) == [200]


def test_a_second_order_waits_until_the_first_is_answered(ann: Supporter) -> None:
    ann.trouble.down = 1 + RETRIES
    order(ann.till, refund(ann, 100), WHO)

    with pytest.raises(UnderWayError):
        order(ann.till, refund(ann, 100), WHO)

    free(ann)
    ask_due(ann.till)
    assert sent_back(ann) == [100]


def test_an_order_is_given_up_when_its_key_holds_no_more(ann: Supporter) -> None:
    ann.trouble.down = 1 + RETRIES
    order(ann.till, refund(ann), WHO)
    with ann.database.read() as session:
        moment = now(session)
    free(ann, created_at=moment - LONG_AGO)

    ask_due(ann.till)

    assert sent_back(ann) == []
    with ann.database.read() as session:
        assert session.scalars(select(StaffOrder.outcome)).all() == ["lapsed"]
        assert session.scalars(select(Alarm.kind)).all() == ["staff-order"]


def test_what_was_ordered_of_a_membership_is_left_if_it_changed_meanwhile(ann: Supporter) -> None:
    ann.trouble.down = 1 + RETRIES
    order(ann.till, change(ann, "pause"), WHO)
    ann.gateway.cancel(ann.subscription_id, "their own wish")
    ann.till.look(ann.subscription_id)
    free(ann)

    ask_due(ann.till)

    assert not ann.at_stripe().paused
    with ann.database.read() as session:
        assert session.scalars(select(StaffOrder.outcome)).all() == ["overtaken"]


@pytest.mark.parametrize(
    ("kind", "standing"), [("cancel", "cancelled"), ("end", "over"), ("pause", "paused")]
)
def test_a_membership_comes_to_stand_as_it_was_ordered(
    ann: Supporter, kind: str, standing: str
) -> None:
    assert order(ann.till, change(ann, kind), WHO) == Outcome("done", is_written=True)

    assert standing_of(ann.membership) == standing
    assert members(ann) == 1


@pytest.mark.parametrize(("kind", "standing"), [("cancel", "cancelled"), ("pause", "paused")])
@pytest.mark.parametrize("trouble", ["down", "lost"])
def test_what_stripe_fails_at_is_done_to_a_membership_once_it_answers(
    ann: Supporter, trouble: str, kind: str, standing: str
) -> None:
    setattr(ann.trouble, trouble, 1 + RETRIES)

    waiting = order(ann.till, change(ann, kind), WHO)
    free(ann)
    ask_due(ann.till)

    assert waiting == Outcome("waiting")
    assert standing_of(ann.membership) == standing
    assert (outcomes(ann), deeds(ann)) == (["done"], [f"membership.{kind}"])


@pytest.mark.parametrize("kind", ["refund", "cancel", "pause"])
def test_an_answer_that_comes_after_another_process_has_asked_changes_nothing_more(
    ann: Supporter, kind: str
) -> None:
    late = Late(ann)
    till = replace(ann.till, gateway=cast("Gateway", late))

    order(till, refund(ann, 300) if kind == "refund" else change(ann, kind), WHO)

    assert late.asked == [kind]
    assert sent_back(ann) == ([300] if kind == "refund" else [])
    said = "refund.ordered" if kind == "refund" else f"membership.{kind}"
    assert (outcomes(ann), deeds(ann)) == (["done"], [said])


@pytest.mark.parametrize("kind", ["undo", "resume"])
def test_what_a_membership_is_not_fit_for_is_not_even_kept(ann: Supporter, kind: str) -> None:
    with pytest.raises(NotNowError):
        order(ann.till, change(ann, kind), WHO)

    with ann.database.read() as session:
        assert session.scalars(select(StaffOrder.id)).all() == []
