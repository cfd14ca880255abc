"""Two people merged at the desk while Stripe is looked at: of two in each other's way both end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from app.core.database import Database
from app.memberships.customers import known
from app.memberships.money_models import Customer
from app.payments.models import DirtyKey
from app.people.models import Person
from tests.desk.merging.test_merging import seen
from tests.desk.people.making import Care, caring
from tests.memberships.making import make_person
from tests.newsletters.test_confirming_meanwhile import waits
from tests.waiting import until

ANNE = "anne@work.example"


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Care]:
    with caring(database, tmp_path) as made:
        yield made


def other(ann: Care) -> str:
    """Let there be another who is Ann; return the address at which Ann is merged into her."""
    with ann.desk.database.write() as session:
        anne = session.get_one(Person, make_person(session, ANNE))
        session.commit()
        return f"/desk/people/{anne.public_id}/merge/{ann.public_id}/"


def test_a_merge_that_a_look_at_stripe_stands_in_the_way_of_is_done_all_the_same(ann: Care) -> None:
    database, supporter = ann.desk.database, ann.supporter
    if database.is_sqlite:
        pytest.skip("SQLite has one writer, who waits for nobody")
    path = other(ann)
    told = seen(ann.desk.get(path).text)
    with ThreadPoolExecutor(1) as pool, database.write() as session:
        session.execute(text("SET LOCAL deadlock_timeout = '1min'"))  # the other is undone
        known(session, supporter.row().customer_id)
        merging = pool.submit(ann.desk.post, path, seen=told)
        until(lambda: waits(database))
        session.execute(update(Person).values(language="en"))
        session.commit()
        assert merging.result().status_code == 303
    with database.read() as session:
        rows = session.scalars(select(Customer.person_id)).all()
        assert set(rows) == {session.scalars(select(Person.id).order_by(Person.id.desc())).first()}


def test_merging_and_undoing_while_stripe_is_looked_at_ends_well(ann: Care) -> None:
    path, supporter, answers = other(ann), ann.supporter, []
    till = supporter.till

    def look() -> None:
        for _round in range(6):
            till.look(supporter.subscription_id)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        for _round in range(3):
            done = ann.desk.post(path, seen=seen(ann.desk.get(path).text))
            answers += [done, ann.desk.post(f"{done.location}undo/")]
        looking.result()
    assert {one.status_code for one in answers} == {303}
    assert till.look(supporter.subscription_id)
    assert ann.members() == 1
    with ann.desk.database.read() as session:
        assert session.scalars(select(DirtyKey).where(DirtyKey.parked_at.is_not(None))).all() == []
