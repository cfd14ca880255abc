"""`flask people merge`: a preview, a question, and the way back."""

from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import select

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.people.audit import AuditEntry
from app.people.models import EmailAddress
from tests.memberships.making import make_person

ANN, ANNE = "ann@post.example", "anne@work.example"
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    with database.write() as session:
        for address in (ANN, ANNE):
            make_person(session, address)
        session.commit()
    runner = compose(settings, database).test_cli_runner()

    def say(*words: str, answer: str = "") -> Result:
        return runner.invoke(args=["people", *words], input=answer)

    return say


def owners(database: Database) -> set[int]:
    with database.read() as session:
        return set(session.scalars(select(EmailAddress.person_id)))


def test_it_shows_what_would_follow_and_does_nothing_without_a_yes(
    run: Run, database: Database
) -> None:
    said = run("merge", ANNE, ANN, answer="n\n")

    assert "The public count does not move." in said.output
    assert said.exit_code == 1
    assert len(owners(database)) == 2


def test_two_are_merged_parted_and_both_is_written_down(run: Run, database: Database) -> None:
    assert "flask people part 1" in run("merge", ANNE, ANN, "--yes", "--by", "Olena").output
    assert len(owners(database)) == 1
    assert "two people again" in run("part", "1", "--yes").output

    assert len(owners(database)) == 2
    with database.read() as session:
        rows = session.execute(select(AuditEntry.who, AuditEntry.what).order_by(AuditEntry.number))
        assert [tuple(row) for row in rows] == [
            ("command:Olena", "person.merged"),
            ("command:operator", "person.parted"),
        ]


def test_a_mistake_ends_in_one_sentence(run: Run) -> None:
    said = [run("merge", ANN, one) for one in (ANN, "nobody@post.example")]

    assert [one.exit_code for one in said] == [2, 2]
    assert said[0].output.strip().endswith("These are one person already.")
