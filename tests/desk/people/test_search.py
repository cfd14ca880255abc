"""People are found by whatever somebody holds of them, on either database."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.desk.people.search import found_by, people_found
from app.desk.people.typed import Understood, understand
from app.memberships.gifts.codes import code_hash, code_of
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import Intent
from app.payments.models import DirtyKey
from app.people.models import Person
from tests.memberships.account.making import (
    make_intent,
    make_membership,
    make_payment,
    make_refund,
)
from tests.memberships.making import NOW, make_person


def person(session: Session, name: str, address: str) -> int:
    made = make_person(session, address)
    session.get_one(Person, made).name = name
    session.flush()
    return made


def find(session: Session, settings: Settings, typed: str) -> list[int]:
    understood = understand(typed, settings)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    held = found_by(understood, settings, is_sqlite=is_sqlite)
    found = people_found(session, understood, settings)
    assert found == list(session.scalars(select(Person.id).where(held).order_by(Person.id)))
    return found


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (" Ann@Post.Example ", "address", "ann@post.example"),
        ("ann@", "address", "ann@"),
        ("in_box1234@post.example", "address", "in_box1234@post.example"),
        ("@Пошта.укр", "domain", "@xn--80a1acny"),
        ("r-2026-7zk3w0qh", "receipt", "R-2026-7ZK3W0QH"),
        ("cus_ABCdef123", "customer", "cus_ABCdef123"),
        ("https://dashboard.stripe.com/payments/pi_3Abc123", "payment", "pi_3Abc123"),
        ("ch_3Abc123", "charge", "ch_3Abc123"),
        ("7ZK3-W0QH-M4N8", "code", "7ZK3-W0QH-M4N8"),
        ("Shevchenkova", "name", "Shevchenkova"),
        ("Anna-Maria Lee", "name", "Anna-Maria Lee"),
        ("a", "too_short", "a"),
        ("\x00", "too_short", ""),
    ],
)
def test_what_was_typed_says_what_it_is(
    settings: Settings, typed: str, kind: str, text: str
) -> None:
    found = understand(typed, settings)

    assert found.kind == kind
    assert kind == "domain" or found == Understood(kind, text)


@pytest.mark.parametrize(
    "typed",
    [
        "vira@post.example", "VIRA@Post", "vira@", "vira", "@post.ex", "Vira", "lys", "lysenko vi",
        "Connor", "o'conn", "Віра", "віра", "ВІРА", "Лис",
    ],
)  # fmt: skip
def test_somebody_is_found_by_their_address_and_any_word_of_their_name(
    session: Session, settings: Settings, typed: str
) -> None:
    vira = person(session, "Vira Lysenko-O'Connor (Віра Лисенко)", "vira@post.example")
    person(session, "Bo Wise", "bo@elsewhere.example")

    assert find(session, settings, typed) == [vira]


@pytest.mark.parametrize("typed", ["ysenko", "virus", "bo vira", "%", "a' & b:* | !", "__", "ra@"])
def test_nobody_is_found_by_the_middle_of_a_word_nor_by_what_means_something_to_a_database(
    session: Session, settings: Settings, typed: str
) -> None:
    person(session, "Vira Lysenko", "vira@post.example")

    assert find(session, settings, typed) == []


def test_everything_of_stripes_leads_to_whose_it_is(session: Session, settings: Settings) -> None:
    ann, other = make_person(session, "ann@post.example"), make_person(session)
    held = make_membership(session, ann)
    paid = make_payment(
        session, ann, membership_id=held.id, invoice_id="in_12345678", charge_id="ch_12345678"
    )
    back = make_refund(session, paid, 100, refund_id="re_12345678")
    make_payment(session, other)
    make_intent(session, ann, checkout_id="cs_test_12345678")

    names = [
        held.subscription_id, held.customer_id, paid.payment_id, paid.receipt_number,
        "in_12345678", "ch_12345678", back.refund_id, "cs_test_12345678",
    ]  # fmt: skip
    assert [find(session, settings, one) for one in names] == [[ann]] * len(names)
    assert find(session, settings, "pi_nobodyhas1") == []


def test_a_charge_is_found_that_only_an_event_told_of(session: Session, settings: Settings) -> None:
    paid = make_payment(session, ann := make_person(session))
    marks = {"dirty_seq": 1, "due_at": NOW}
    about = DirtyKey(kind="payment", object_id=paid.payment_id, **marks)
    session.add(about)
    session.flush()
    session.add(DirtyKey(kind="charge", object_id="ch_told1234", leads_to_id=about.id, **marks))
    session.flush()

    assert find(session, settings, "ch_told1234") == [ann]


def test_a_gifts_code_leads_to_who_bought_it_and_who_took_it_up(
    session: Session, settings: Settings
) -> None:
    ann, bo = make_person(session), make_person(session)
    wish: Intent = make_intent(session, ann, kind="gift_membership")
    gift = GiftMembership(
        public_id=wish.public_id,
        code_hash=code_hash(settings, wish.public_id),
        kind="gift",
        buyer_id=ann,
        intent_id=wish.id,
        months=12,
        paid_at=NOW,
        redeemed_by_id=bo,
    )
    session.add(gift)
    session.flush()

    assert find(session, settings, code_of(settings, gift)) == [ann, bo]
    assert find(session, settings, code_of(settings, gift).lower()) == [ann, bo]
