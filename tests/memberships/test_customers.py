"""Whose something of Stripe's is."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.memberships.customers import Payer, person_of
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer
from app.people.models import EmailAddress, Person
from tests.memberships.account.making import make_intent
from tests.memberships.making import NOW, make_person

ANN = "ann@post.example"


def payer(**values: Any) -> Payer:  # noqa: ANN401 - fields
    return Payer(**{"customer_id": "cus_1", "email": ANN, "name": "Ann", "since": NOW, **values})


def addresses(session: Session) -> list[tuple[int, str]]:
    rows = session.scalars(select(EmailAddress))
    return [(one.person_id, one.address) for one in rows]


def test_somebody_with_a_wish_of_ours_becomes_known(session: Session, settings: Settings) -> None:
    wish = make_intent(session, make_person(session), language="uk")
    wish.person_id = None
    person = person_of(session, settings, wish, payer(name="  Ann\n Example "), NOW)

    assert person is not None
    row = session.get_one(Person, person)
    assert (row.name, row.language) == ("Ann Example", "uk")
    assert addresses(session) == [(person, ANN)]
    tied = session.get_one(Intent, wish.id)
    assert (tied.person_id, tied.customer_id) == (person, "cus_1")
    assert session.get_one(Customer, "cus_1").person_id == person


def test_a_subscriber_who_gives_stays_one_person(session: Session, settings: Settings) -> None:
    known = make_person(session, ANN)
    wish = make_intent(session, known)
    wish.person_id = None

    assert person_of(session, settings, wish, payer(email="Ann@post.example"), NOW) == known
    session.expire_all()
    assert session.get_one(Person, known).name == "Ann"


def test_a_customer_whom_we_know_needs_neither_wish_nor_address(
    session: Session, settings: Settings
) -> None:
    wish = make_intent(session, make_person(session, ANN))
    person = person_of(session, settings, wish, payer(), NOW)

    assert person_of(session, settings, None, payer(email=None, name=None), NOW) == person


def test_strangers_are_nobody_of_ours(session: Session, settings: Settings) -> None:
    assert person_of(session, settings, None, payer(), NOW) is None
    assert addresses(session) == []
    assert session.scalars(select(Customer)).all() == []


def test_who_has_no_address_gets_it_once_it_is_seen(session: Session, settings: Settings) -> None:
    wish = make_intent(session, make_person(session))
    wish.person_id = None
    person = person_of(session, settings, wish, payer(email=None, name=None), NOW)
    assert addresses(session) == []

    assert person_of(session, settings, wish, payer(email="no address"), NOW) == person
    assert addresses(session) == []
    assert person_of(session, settings, wish, payer(), NOW) == person
    assert addresses(session) == [(person, ANN)]


def test_an_address_that_is_known_is_kept(session: Session, settings: Settings) -> None:
    wish = make_intent(session, make_person(session, ANN))
    person = person_of(session, settings, wish, payer(), NOW)

    assert person_of(session, settings, wish, payer(email="new@post.example"), NOW) == person
    assert addresses(session) == [(person, ANN)]


def test_who_was_erased_gets_neither_name_nor_address_back(
    session: Session, settings: Settings
) -> None:
    wish = make_intent(session, make_person(session))
    person = person_of(session, settings, wish, payer(email=None, name=None), NOW)
    session.execute(update(Person).where(Person.id == person).values(erased_at=NOW))
    session.expire_all()

    assert person_of(session, settings, wish, payer(), NOW) == person
    session.expire_all()
    assert addresses(session) == []
    assert session.get_one(Person, person).name is None


def test_who_was_merged_is_who_they_became(session: Session, settings: Settings) -> None:
    earlier, later = make_person(session), make_person(session, ANN)
    wish = make_intent(session, earlier)
    assert person_of(session, settings, wish, payer(), NOW) == earlier
    session.execute(update(Person).where(Person.id == earlier).values(merged_into_id=later))
    session.expire_all()

    assert person_of(session, settings, wish, payer(), NOW) == later
    assert session.get_one(Customer, "cus_1").person_id == later


def test_a_customer_is_as_old_as_the_first_we_know_of_them(
    session: Session, settings: Settings
) -> None:
    newer = make_intent(session, make_person(session, ANN), created_at=NOW + timedelta(days=2))
    older = make_intent(session, make_person(session), created_at=NOW - timedelta(days=2))
    person_of(session, settings, newer, payer(since=NOW + timedelta(days=3)), NOW)
    person_of(session, settings, older, payer(), NOW)
    person_of(session, settings, newer, payer(), NOW)

    assert session.get_one(Customer, "cus_1").created_at == NOW - timedelta(days=2)
