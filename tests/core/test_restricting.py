"""The role of PostgreSQL that web and workers run as: all of the work, and nothing of the log."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ProgrammingError

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.restricting import ONLY_ADDED, restrict
from app.newsletters.models import Confirmation
from app.people.audit import Actor, Deed, record
from app.people.audit_verifying import verify, who_could
from app.tables import metadata
from app.wiring import WORK
from tests.conftest import make_settings, new_database, prepare
from tests.core.probes import running
from tests.desk.making import KEYS, sit_down
from tests.newsletters.making import make_list
from tests.waiting import until

DENIED = "permission denied|must be owner"


@pytest.fixture
def owner(postgresql: str) -> Iterator[Database]:
    """A database on PostgreSQL, opened as who owns it."""
    with new_database(postgresql, "owned") as url:
        prepare(url)
        opened = Database(url)
        yield opened
        opened.dispose()


@pytest.fixture
def role(owner: Database) -> Iterator[str]:
    """A role that may sign in, and nothing else yet."""
    name = f"web_{secrets.token_hex(4)}"
    said(owner, f"CREATE ROLE {name} LOGIN")
    yield name
    said(owner, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.fixture
def theirs(owner: Database, role: str) -> Iterator[Database]:
    """The same database, opened as the restricted role."""
    restrict(owner, role)
    url = make_url(str(owner.engine.url)).set(username=role)
    opened = Database(url.render_as_string(hide_password=False))
    yield opened
    opened.dispose()


def said(database: Database, *statements: str) -> None:
    with database.write() as session:
        for statement in statements:
            session.execute(text(statement))
        session.commit()


def could(database: Database) -> str | None:
    with database.read() as session:
        return who_could(session)


CHANGES = (
    "UPDATE audit_entry SET who = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry CASCADE",
    "DROP TRIGGER audit_entry_not_changed ON audit_entry",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE sql AS ''",
    "DROP TABLE audit_network, audit_entry",
    "CREATE TABLE mine (id int)",
    "SET session_replication_role = replica",
)


def test_it_cannot_change_the_log_but_read_it_and_add_to_it(theirs: Database) -> None:
    with theirs.write() as session:
        record(session, Actor.command("ops"), Deed("x", "y"), now(session))
        session.commit()
    for act in CHANGES:
        with theirs.write() as session, pytest.raises(ProgrammingError, match=DENIED):
            session.execute(text(act))
    assert verify(theirs).count == 1


def test_it_can_do_all_else_to_every_table(theirs: Database) -> None:
    asked = text("SELECT has_table_privilege(:name, :right)")
    with theirs.read() as session:
        for name in metadata.tables:
            rights = ["SELECT", "INSERT"] + ["UPDATE", "DELETE"] * (name not in ONLY_ADDED)
            held = [session.scalar(asked, {"name": name, "right": one}) for one in rights]
            assert held == [True] * len(rights), name


def test_it_may_use_what_later_migrations_make(owner: Database, theirs: Database) -> None:
    said(owner, "CREATE TABLE later (id bigserial PRIMARY KEY, word text)")
    said(theirs, "INSERT INTO later (word) VALUES ('x')", "UPDATE later SET word = 'y'")


def test_verify_says_that_it_could_not_and_that_the_owner_could(
    owner: Database, theirs: Database, role: str
) -> None:
    assert could(theirs) is None
    assert could(owner) == "it is a superuser"

    said(owner, f"GRANT UPDATE (who) ON audit_entry TO {role}")
    assert could(theirs) == "it may update, delete, truncate or set triggers"
    said(owner, f"REVOKE UPDATE (who) ON audit_entry FROM {role}")
    said(owner, f"ALTER FUNCTION audit_entry_refuse() OWNER TO {role}")
    assert could(theirs) == "it owns the table or its schema, or may become who does"
    said(owner, "ALTER FUNCTION audit_entry_refuse() OWNER TO CURRENT_USER")
    said(owner, f"ALTER TABLE audit_entry OWNER TO {role}")
    assert could(theirs) == "it owns the table or its schema, or may become who does"
    said(owner, "ALTER TABLE audit_entry OWNER TO CURRENT_USER")


def test_the_whole_application_works_as_that_role(theirs: Database, tmp_path: Path) -> None:
    url = theirs.engine.url.render_as_string(hide_password=False)
    settings = make_settings(url, tmp_path, LOG_LEVEL="error", ENGINE="workers")
    with theirs.write() as session:
        make_list(session, "daily")
        session.commit()
    app = compose(settings, theirs)
    with running(theirs, settings, WORK):
        at = sit_down(app, theirs)
        assert at.get(KEYS).status_code == 200
        assert at.get("/readyz").json == {
            "ready": True, "database": "ok", "migrations": "ok", "engine": "ok",
        }  # fmt: skip
        form, reader = {"email": "ann@post.example"}, app.test_client()
        assert reader.post("/newsletters/daily/subscribe", data=form).status_code == 303

        def is_drained() -> bool:
            with theirs.read() as session:
                return session.scalars(select(Confirmation)).first() is not None

        until(is_drained)


def test_a_role_that_nothing_can_be_kept_from_is_refused(owner: Database, role: str) -> None:
    with pytest.raises(OperatorError, match="There is no role nobody"):
        restrict(owner, "nobody")
    said(owner, f"ALTER ROLE {role} SUPERUSER")
    with pytest.raises(OperatorError, match="name a role of its own"):
        restrict(owner, role)
    said(owner, f"ALTER ROLE {role} NOSUPERUSER")


def test_sqlite_says_that_it_knows_no_roles(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path}/x.sqlite3")
    with pytest.raises(OperatorError, match="SQLite knows no roles"):
        restrict(opened, "web")
    opened.dispose()
