"""People are found by their addresses, or made, once each."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.people.models import EmailAddress, Person
from app.people.service import LARGEST_PAGE, Newcomer, find_or_create, people_with, verify


def newcomers(*keys: str) -> list[Newcomer]:
    return [Newcomer(key, key.upper(), "uk") for key in keys]


def how_many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_an_unknown_address_becomes_a_person(session: Session) -> None:
    found = find_or_create(session, newcomers("ann@post.example"), now(session))

    person = session.get_one(Person, found["ann@post.example"])
    address = session.scalars(select(EmailAddress)).one()
    assert (person.language, person.name, person.erased_at) == ("uk", None, None)
    assert (address.person_id, address.address) == (person.id, "ANN@POST.EXAMPLE")
    assert address.verified_at is None


def test_a_known_address_is_found_and_nobody_is_made(session: Session) -> None:
    first = find_or_create(session, newcomers("ann@post.example"), now(session))

    again = find_or_create(session, newcomers("ann@post.example"), now(session))

    assert (again, how_many(session)) == (first, 1)


def test_known_and_unknown_ones_come_in_one_batch(session: Session) -> None:
    first = find_or_create(session, newcomers("b@post.example"), now(session))

    both = find_or_create(
        session, newcomers("a@post.example", "b@post.example", "b@post.example"), now(session)
    )

    assert both["b@post.example"] == first["b@post.example"] != both["a@post.example"]
    assert how_many(session) == 2


def test_a_batch_may_be_longer_than_a_page(session: Session) -> None:
    keys = [f"reader{number}@post.example" for number in range(LARGEST_PAGE + 7)]

    found = find_or_create(session, newcomers(*keys), now(session))

    assert set(found) == set(keys)
    assert len(set(found.values())) == how_many(session) == len(keys)
    assert people_with(session, keys) == found


def test_nobody_asks_for_nobody(session: Session) -> None:
    assert find_or_create(session, [], now(session)) == {} == people_with(session, [])


def test_a_name_is_kept_for_newcomers_only(session: Session) -> None:
    named = Newcomer("ann@post.example", "ann@post.example", name="Ann")
    found = find_or_create(session, [named], now(session))
    find_or_create(
        session, [Newcomer("ann@post.example", "ann@post.example", name="Eve")], now(session)
    )

    assert session.get_one(Person, found["ann@post.example"]).name == "Ann"


def test_many_at_once_make_one_person_for_each_address(database: Database) -> None:
    keys = [f"reader{number}@post.example" for number in range(20)]

    def make(turn: int) -> dict[str, int]:
        with database.write() as session:
            order = keys if turn % 2 else keys[::-1]
            found = find_or_create(session, newcomers(*order), now(session))
            session.commit()
        return found

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(make, range(12)))

    with database.read() as session:
        assert how_many(session) == len(keys)
    assert all(result == results[0] for result in results)


def test_an_address_is_verified_once(session: Session) -> None:
    find_or_create(session, newcomers("ann@post.example"), now(session))
    moment = now(session)

    verify(session, ["ann@post.example"], moment)
    verify(session, ["ann@post.example"], now(session))

    assert session.scalars(select(EmailAddress.verified_at)).one() == moment
