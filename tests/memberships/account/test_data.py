"""What supporters take with them, and how they are erased: at Stripe first, then here."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import MetaData, create_engine, select

from app.core.clock import now
from app.core.database import Database
from app.core.work import Runtime
from app.memberships.account.erasing import ROUNDS, StillPayingError, forget
from app.memberships.account.queries import span_of
from app.memberships.handling import handlers
from app.memberships.money_models import Customer, Payment
from app.memberships.wall import put
from app.payments import jobs
from app.payments.gateway import GatewayError
from app.payments.serving import PAGE_RETRIES
from app.people.merging import merge
from app.people.models import EmailAddress, Person
from app.people.registers import Pair, Registers
from app.people.staff_errors import WorksHereError
from app.wiring import MERGERS
from tests.desk.making import make_staff
from tests.memberships.account.browsing import Ann, browse, signed_in
from tests.memberships.account.making import ANN, make_intent, make_payment
from tests.memberships.making import NOW, make_person

LONG_AGO = timedelta(minutes=16)
HERE = "/account/data/"


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Ann]:
    with signed_in(database, tmp_path) as made:
        yield made


def rows_with(database: Database, text: str) -> dict[str, int]:
    """Return how often a text stands in any column of any table."""
    engine = create_engine(database.engine.url)
    tables = MetaData()
    tables.reflect(engine)
    found: dict[str, int] = {}
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            rows = connection.execute(select(table)).all()
            number = sum(text in str(value) for row in rows for value in row)
            if number:
                found[table.name] = number
    engine.dispose()
    return found


@pytest.mark.parametrize("path", [HERE, f"{HERE}export", f"{HERE}erase"])
def test_whoever_signed_in_long_ago_shows_first_that_it_is_still_them(ann: Ann, path: str) -> None:
    ann.browser.client.delete_cookie("session")
    ann.browser.sign_in(ann.supporter.person_id, LONG_AGO)

    answer = ann.browser.open(path) if path == HERE else ann.browser.send(path, sure="1")

    assert answer.status_code == 303
    asked = urlsplit(answer.location)
    assert asked.path == "/account/sign-in/"
    assert parse_qs(asked.query) == {"next": ["account_data.show"]}
    assert ann.supporter.at_stripe().ended_at is None


def test_all_that_is_known_comes_in_one_file(ann: Ann) -> None:
    with ann.supporter.database.write() as session:
        payment = make_payment(session, ann.supporter.person_id)
        make_intent(session, ann.supporter.person_id, dedication="For Olena")
        put(session, ann.supporter.person_id, "Ann Example", NOW)
        make_payment(session, make_person(session, "bo@post.example"), payment_id="pi_of_bo")
        session.commit()

    answer = ann.browser.send(f"{HERE}export")

    file = json.loads(answer.text)
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=my-data-20")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [one["address"] for one in file["addresses"]] == [ANN]
    assert ann.supporter.subscription_id in {one["subscription_id"] for one in file["memberships"]}
    mine = next(one for one in file["payments"] if one["payment_id"] == payment.payment_id)
    assert (mine["amount_minor"], mine["currency"], mine["decimals"]) == (700, "EUR", 2)
    assert "For Olena" in {one["dedication"] for one in file["wishes"]}
    assert [one["name"] for one in file["wall_name"]] == ["Ann Example"]
    assert "pi_of_bo" not in answer.text


def test_an_erased_supporter_is_gone_at_stripe_and_here(ann: Ann) -> None:
    supporter = ann.supporter
    with supporter.database.write() as session:
        make_payment(session, supporter.person_id)
        make_intent(session, supporter.person_id, dedication=f"To {ANN}", wall_name="Canary Ann")
        put(session, supporter.person_id, "Canary Ann", NOW)
        session.commit()
    payments = ann.browser.count(Payment)

    answer = ann.browser.send(f"{HERE}erase", sure="1")

    assert answer.location == "/account/erased/"
    assert "Everything is erased" in ann.browser.read(answer.location)
    assert supporter.at_stripe().ended_at is not None
    with pytest.raises(GatewayError):
        supporter.gateway.portal(supporter.row().customer_id, "http://localhost/", "a key")
    assert rows_with(supporter.database, ANN) == {}
    assert rows_with(supporter.database, "Canary Ann") == {}
    assert ann.browser.count(Payment) == payments
    assert ann.browser.open("/account/").status_code == 303


def test_what_stripe_still_shows_brings_nobody_back(ann: Ann) -> None:
    supporter, settings = ann.supporter, ann.browser.settings
    ann.browser.send(f"{HERE}erase", sure="1")

    lane = jobs.lane(lambda _settings: supporter.gateway, handlers)
    while lane.drain(Runtime(supporter.database, settings)):
        pass

    assert supporter.row().ended_at is not None
    assert supporter.row().card_last4 is None
    assert ann.browser.count(Person) == 1
    assert rows_with(supporter.database, ANN) == {}
    assert rows_with(supporter.database, "Ann Example") == {}
    with supporter.database.read() as session:
        customer = session.get_one(Customer, supporter.row().customer_id)
    assert customer.gone_at is not None


STILL_COUNTS = "What is paid still counts, without your name, until it ends."


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (HERE, STILL_COUNTS),
        (f"/uk{HERE}", "Сплачене й далі рахується, без вашого імені, доки не скінчиться."),
    ],
)
def test_the_page_says_that_what_is_paid_counts_on(ann: Ann, path: str, sentence: str) -> None:
    supporter = ann.supporter
    supporter.till.look(supporter.subscription_id)

    assert sentence in ann.browser.read(path)

    ann.browser.send(f"{HERE}erase", sure="1")
    lane = jobs.lane(lambda _settings: supporter.gateway, handlers)
    while lane.drain(Runtime(supporter.database, ann.browser.settings)):
        pass
    with supporter.database.read() as session:
        assert span_of(session, supporter.person_id, now(session)) is not None


def test_where_nothing_is_paid_nothing_is_said_to_count_on(
    database: Database, tmp_path: Path
) -> None:
    browser = browse(database, tmp_path)
    with database.write() as session:
        person = make_person(session, ANN)
        session.commit()
    browser.sign_in(person)

    assert STILL_COUNTS not in browser.read(HERE)


def test_without_the_tick_nothing_is_erased(ann: Ann) -> None:
    answer = ann.browser.send(f"{HERE}erase")

    assert answer.status_code == 422
    assert "Please tick the box" in answer.text
    assert ann.supporter.at_stripe().ended_at is None
    assert ann.browser.count(EmailAddress) == 1


def test_while_stripe_is_down_nothing_is_erased_and_the_page_says_so(ann: Ann) -> None:
    ann.supporter.trouble.down = 1 + PAGE_RETRIES

    answer = ann.browser.send(f"{HERE}erase", sure="1")

    assert answer.status_code == 503
    assert "Nothing was erased here" in answer.text
    assert ann.browser.count(EmailAddress) == 1
    assert ann.supporter.at_stripe().ended_at is None
    assert ann.browser.open("/account/").status_code == 200


def test_an_erasure_that_was_cut_off_can_be_asked_for_again(ann: Ann) -> None:
    ann.supporter.gateway.forget_customer(ann.supporter.membership.customer_id, "cut off")

    assert ann.browser.send(f"{HERE}erase", sure="1").status_code == 303
    assert ann.browser.count(EmailAddress) == 0


def test_whoever_was_never_a_customer_is_erased_without_stripe(
    database: Database, tmp_path: Path
) -> None:
    browser = browse(database, tmp_path)
    with database.write() as session:
        person = make_person(session, ANN)
        session.commit()
    browser.sign_in(person)

    assert browser.settings.stripe_key == ""
    assert browser.send(f"{HERE}erase", sure="1").status_code == 303
    with database.read() as session:
        assert session.get_one(Person, person).erased_at is not None


class Forgetful:
    """A gateway at which a new customer comes in whenever one is forgotten."""

    def __init__(self, database: Database, person_id: int, *, times: int) -> None:
        self.database, self.person_id, self.left = database, person_id, times
        self.forgotten: list[str] = []

    def forget_customer(self, customer_id: str, key: str) -> None:
        assert key.startswith(customer_id)
        self.forgotten.append(customer_id)
        if self.left:
            self.left -= 1
            with self.database.write() as session:
                row = Customer(
                    customer_id=f"cus_{self.left}", person_id=self.person_id, created_at=NOW
                )
                session.add(row)
                session.commit()


@pytest.mark.parametrize("times", [1, ROUNDS - 1])
def test_a_payment_that_comes_in_between_is_forgotten_too(ann: Ann, times: int) -> None:
    supporter = ann.supporter
    gateway = Forgetful(supporter.database, supporter.person_id, times=times)

    forget(supporter.database, Registers(), lambda: gateway, supporter.person_id)  # type: ignore[arg-type, return-value]

    assert set(gateway.forgotten) == {
        supporter.membership.customer_id, *(f"cus_{one}" for one in range(times))
    }  # fmt: skip
    assert ann.browser.count(EmailAddress) == 0


def test_staff_have_their_work_here_ended_before_they_are_erased(ann: Ann) -> None:
    make_staff(ann.supporter.database, "admin", ANN)

    answer = ann.browser.send(f"{HERE}erase", sure="1")

    assert answer.status_code == 409
    assert "Have an administrator end that first" in answer.text
    assert ann.supporter.at_stripe().ended_at is None
    assert ann.browser.count(EmailAddress) == 1


def test_whoever_is_invited_to_work_here_while_stripe_forgets_them_stays(ann: Ann) -> None:
    supporter = ann.supporter

    class Inviting(Forgetful):
        def forget_customer(self, customer_id: str, key: str) -> None:
            make_staff(self.database, "editor", ANN)
            super().forget_customer(customer_id, key)

    gateway = Inviting(supporter.database, supporter.person_id, times=0)
    with pytest.raises(WorksHereError):
        forget(supporter.database, Registers(), lambda: gateway, supporter.person_id)  # type: ignore[arg-type, return-value]

    assert gateway.forgotten
    assert ann.browser.count(EmailAddress) == 1


def test_whoever_is_merged_while_stripe_forgets_them_is_forgotten_there_as_who_they_became(
    ann: Ann,
) -> None:
    supporter, database = ann.supporter, ann.supporter.database
    registers, hers = Registers(mergers=MERGERS), supporter.membership.customer_id
    with database.write() as session:
        other = make_person(session, "anne@work.example")
        session.add(Customer(customer_id="cus_other", person_id=other, created_at=NOW))
        session.commit()

    class Merging(Forgetful):
        def forget_customer(self, customer_id: str, key: str) -> None:
            if not self.forgotten:
                with database.write() as session:
                    pair = Pair(supporter.person_id, other, now(session))
                    merge(session, registers, pair, "staff:1")
                    session.commit()
            super().forget_customer(customer_id, key)

    gateway = Merging(database, supporter.person_id, times=0)
    forget(database, registers, lambda: gateway, supporter.person_id)  # type: ignore[arg-type, return-value]

    assert set(gateway.forgotten) == {hers, "cus_other"}
    assert ann.browser.count(EmailAddress) == 0


def test_somebody_who_pays_again_and_again_is_not_erased(ann: Ann) -> None:
    supporter = ann.supporter
    gateway = Forgetful(supporter.database, supporter.person_id, times=1_000)

    with pytest.raises(StillPayingError):
        forget(supporter.database, Registers(), lambda: gateway, supporter.person_id)  # type: ignore[arg-type, return-value]

    assert ann.browser.count(EmailAddress) == 1
