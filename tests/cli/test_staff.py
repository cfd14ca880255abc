"""`flask staff`: the first administrator, and help for the locked out."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.mail.models import OutgoingMail
from app.people.audit import AuditEntry
from app.people.staff_models import Staff
from tests.desk.making import OURS

ANN, BOB = "ann@post.example", "bob@post.example"
Run = Callable[..., Result]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    made.extensions["unwalled_database"].dispose()


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command in this process."""
    return lambda *words: app.test_cli_runner().invoke(args=["staff", *words])


def opens(app: Flask, link: str) -> bool:
    path = link.removeprefix("http://localhost")
    return app.test_client().post(path, headers=OURS).location == "/desk/set-up/"


def joined(database: Database) -> None:
    with database.write() as session:
        session.execute(update(Staff).values(joined_at=now(session)))
        session.commit()


def test_the_first_administrator_gets_a_mail_and_a_link_that_works_before_it(
    app: Flask, run: Run, database: Database
) -> None:
    said = run("invite", ANN, "--role", "admin", "--name", "Ann")
    assert (said.exit_code, opens(app, said.stdout.strip())) == (0, True)
    assert f"{ANN} is invited as admin" in said.stderr
    assert f"{ANN} (Ann)  admin  invited, never seen" in run("list").output
    with database.read() as session:
        assert session.scalars(select(OutgoingMail.template)).all() == ["staff_invitation"]
        assert session.scalars(select(AuditEntry.who)).one().startswith("command:")


def test_asked_again_the_earlier_link_ends(app: Flask, run: Run, database: Database) -> None:
    first = run("invite", ANN, "--role", "admin").stdout.strip()
    second = run("invite", ANN, "--role", "admin").stdout.strip()
    assert (opens(app, first), opens(app, second)) == (False, True)
    joined(database)
    again = run("invite", ANN, "--role", "admin")
    assert (again.exit_code, "works here already" in again.stderr) == (2, True)


def test_the_last_administrator_is_not_ended_and_others_are(run: Run, database: Database) -> None:
    run("invite", ANN, "--role", "admin")
    run("invite", BOB)
    joined(database)
    last = run("end", ANN)
    assert (last.exit_code, "last administrator" in last.stderr) == (2, True)
    assert "has left" in run("end", BOB).output
    assert f"{BOB}  editor  has left" in run("list").output


def test_a_reset_prints_a_link_that_opens(app: Flask, run: Run, database: Database) -> None:
    run("invite", ANN, "--role", "admin")
    joined(database)
    said = run("reset", ANN)
    assert (said.exit_code, opens(app, said.stdout.strip())) == (0, True)


@pytest.mark.parametrize("words", [("end", BOB), ("reset", BOB), ("invite", "nobody")])
def test_a_mistake_is_one_sentence(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert said.exit_code == 2
    assert len(said.stderr.strip().splitlines()) == 1


def test_where_nobody_works_yet_the_list_says_what_to_do(run: Run) -> None:
    assert "staff invite ADDRESS --role admin" in run("list").output
