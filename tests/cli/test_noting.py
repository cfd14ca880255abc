"""What commands change stands in the audit log: by whom, and from what to what."""

import getpass
import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.cli import noting
from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.job_rows import JobRow
from app.mail.suppression import BOUNCE, suppress
from app.newsletters.models import Newsletter
from app.newsletters.webhooks.models import WebhookDelivery
from app.people.audit import AuditEntry
from app.people.audit_verifying import verify
from app.tables import metadata
from tests.articles.making import make_draft, make_newsroom
from tests.conftest import make_settings
from tests.memberships.imports.files import line, write_file
from tests.memberships.making import make_person
from tests.newsletters.making import make_list

ROOT = Path(__file__).parents[2]
EXAMPLE = shlex.quote(str(ROOT / "docs/campaign.example.toml"))
ANN = "ann@post.example"


@pytest.fixture(autouse=True)
def _login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "deploy")


@pytest.fixture
def runner(database: Database, tmp_path: Path) -> FlaskCliRunner:
    """Commands over two lists, a row that was set aside, and Ann, whose address is shut."""
    settings = make_settings(str(database.engine.url), tmp_path, LOG_LEVEL="error")
    with database.write() as session:
        moment = now(session)
        for slug in ("daily", "weekly"):
            make_list(session, slug)
        row = {"name": "x", "payload": {}, "created_at": moment, "due_at": moment}
        session.execute(insert(JobRow).values(**row, parked_at=moment))
        make_person(session, ANN)
        suppress(session, settings, ANN, BOUNCE, moment)
        session.commit()
    return compose(settings, database).test_cli_runner()


def written(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def only(database: Database) -> AuditEntry:
    (entry,) = written(database)
    return entry


COMMANDS = (
    ("api tokens create crm --scope lists:read", "token.made", "token:1"),
    ("webhooks add crm https://crm.example/", "webhook.made", "webhook:1"),
    ("newsletters embeds add partner https://p.example", "site.made", "site:partner"),
    ("newsletters close daily", "newsletter.closed", "newsletter:1"),
    ("newsletters order weekly", "newsletters.ordered", "newsletters"),
    ("jobs retry job 1", "parked.tried-again", "job:1"),
    ("members recount --repair", "count.made-anew", "count"),
    ("newsletters export", "export.taken", "export:subscribers"),
    (f"goal save {EXAMPLE}", "campaign.made", "campaign:1"),
)


def test_commands_are_written_down_by_the_login_of_whoever_ran_them(
    runner: FlaskCliRunner, database: Database
) -> None:
    for words, _what, _about in COMMANDS:
        ended = runner.invoke(args=shlex.split(words))
        assert ended.exit_code == 0, ended.output
    found = [(one.who, one.what, one.about) for one in written(database)]
    assert found == [("command:deploy", what, about) for _words, what, about in COMMANDS]


def test_work_that_is_dropped_is_written_down(runner: FlaskCliRunner, database: Database) -> None:
    runner.invoke(args=["jobs", "discard", "job", "1"])
    assert only(database).what == "parked.dropped"


def test_whoever_says_a_name_stands_under_it_and_no_address_is_kept(
    runner: FlaskCliRunner, database: Database
) -> None:
    runner.invoke(args=["mail", "lift", ANN, "--as", "Oksana"])
    entry = only(database)
    assert (entry.who, entry.what) == ("command:Oksana", "suppression.lifted")
    assert entry.about == f"person:{entry.person_id}"
    assert ANN not in str(vars(entry))


def test_what_changed_is_told_and_nothing_else(
    runner: FlaskCliRunner, database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        session.execute(update(Newsletter).values(slug="briefing").where(Newsletter.id == 1))
        session.commit()
    runner.invoke(args=["newsletters", "close", "briefing"])
    runner.invoke(args=["newsletters", "open", "briefing"])
    closed, opened = written(database)
    assert (closed.before, closed.after) == ({"open": True}, {"open": False})
    assert (opened.before, opened.after) == ({"open": False}, {"open": True})
    assert verify(database).count == 2


def test_what_was_refused_is_not_written_down(runner: FlaskCliRunner, database: Database) -> None:
    for words in ("newsletters close nothing", "jobs retry job 9", "api tokens revoke nobody"):
        assert runner.invoke(args=words.split()).exit_code == 2
    assert written(database) == []


def test_a_user_without_a_name_is_unknown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert noting.operator().who == "command:unknown"


IN_TURN = (
    ("newsletters on-section economy daily", "forms.on-section"),
    ("newsletters on-article rain daily", "forms.on-article"),
    ("webhooks test crm", "webhook.tested"),
    ("webhooks redeliver {delivery}", "webhook.redelivered"),
    ("webhooks rotate crm", "webhook.secret-rotated"),
    ("webhooks enable crm", "webhook.turned-on"),
    ("webhooks remove crm", "webhook.removed"),
    ("members import {members} --apply", "members.imported"),
    ("newsletters import {readers} --list daily --as Ann --in-background", "import.vouched"),
)


def state(database: Database) -> dict[str, list[str]]:
    """Return all rows but those of files that are only read, and of what was noted of runs."""
    only_read = re.compile("import_|subscriber_import|staged|member_import")
    with database.read() as session:
        return {
            one.name: sorted(map(repr, session.execute(select(one)).all()))
            for one in metadata.sorted_tables
            if not only_read.search(one.name)
        }


def test_each_command_writes_one_line_with_what_it_changes_or_changes_nothing(
    runner: FlaskCliRunner, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        make_newsroom(session)
        make_draft(session, "rain")
        session.commit()
    members = write_file(tmp_path / "members.csv", [line(1)])
    readers = tmp_path / "readers.csv"
    readers.write_text(f"email\n{ANN}\n")
    runner.invoke(args=["webhooks", "add", "crm", "https://crm.example/"])
    for words, what in IN_TURN:
        with database.read() as session:
            delivery = session.scalar(select(WebhookDelivery.id))
        args = words.format(members=members, readers=readers, delivery=delivery).split()
        before, noted = state(database), len(written(database))
        with monkeypatch.context() as broken:
            broken.setattr(noting, "record", fail)
            assert isinstance(runner.invoke(args=args).exception, NotWrittenError), words
        assert state(database) == before, words

        done = runner.invoke(args=args)

        assert done.exit_code == 0, done.output
        assert [one.what for one in written(database)][noted:] == [what]
        assert state(database) != before


class NotWrittenError(Exception):
    """The log takes no entry."""


def fail(*_: object) -> None:
    raise NotWrittenError
