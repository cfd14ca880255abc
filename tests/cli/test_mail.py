"""`flask mail`: what a relay's pipe brings, as a process with its exit code."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import select

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.mail.event_models import MailEvent
from app.mail.parsing import LARGEST
from app.mail.seals import delivery_seal
from app.mail.suppression import BOUNCE, closed, suppress
from app.newsletters.leaving import leave_seal
from tests.cli.conftest import FLASK
from tests.conftest import make_settings
from tests.mail.returning import abuse_report, delivery_report, failed, mail
from tests.schema import ROOT

ID = "0123456789abcdef0123456789abcdef"
PERSON = "0b0e7a54-6d0c-4b0e-9a65-0a1b2c3d4e5f"
TEMPFAIL = 75


@pytest.fixture
def application(database: Database, settings: Settings) -> Flask:
    return compose(replace(settings, log_level="error"), database)


def pipe(application: Flask, raw: bytes, *words: str, **environment: str) -> Result:
    runner = application.test_cli_runner(env=environment)
    return runner.invoke(args=["mail", "inbound", *words], input=raw)


def kept(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.execute(
            select(MailEvent.provider, MailEvent.kind, MailEvent.about).order_by(MailEvent.id)
        )
        return [(one.provider, one.kind, one.about) for one in rows]


def test_a_bounce_is_kept_before_the_relay_is_told_so(
    database: Database, application: Flask, settings: Settings
) -> None:
    verp = f"bounces+{delivery_seal(settings, ID)}@test.example"
    ended = pipe(application, delivery_report(failed(), to=verp))
    assert ended.exit_code == 0, ended.output
    assert kept(database) == [("inbound", "hard", ID)]
    assert pipe(application, delivery_report(failed(), to=verp)).exit_code == 0
    assert len(kept(database)) == 1


def test_a_complaint_and_a_wish_to_leave_are_kept(
    database: Database, application: Flask, settings: Settings
) -> None:
    pipe(application, abuse_report(returned=[f"X-Delivery: {delivery_seal(settings, ID)}"]))
    pipe(application, mail(f"To: bounces+{leave_seal(settings, PERSON, 7)}@test.example"))
    assert kept(database) == [
        ("inbound", "complaint", ID),
        ("inbound", "unsubscribe", f"{PERSON}/7"),
    ]


@pytest.mark.parametrize("how", ["--recipient", "RECIPIENT", "ORIGINAL_RECIPIENT"])
def test_whom_it_was_for_is_said_beside_the_message(
    database: Database, application: Flask, settings: Settings, how: str
) -> None:
    verp = f"bounces+{delivery_seal(settings, ID)}@test.example"
    words = (how, verp) if how.startswith("--") else ()
    environment = {} if words else {how: verp}
    pipe(application, delivery_report(failed()), *words, **environment)
    assert kept(database) == [("inbound", "hard", ID)]


def test_junk_is_swallowed(database: Database, application: Flask) -> None:
    for raw in (b"", b"\x00\xff" * 100, b"To: somebody\r\n\r\nBuy this", b"x" * (LARGEST + 99)):
        ended = pipe(application, raw)
        assert (ended.exit_code, ended.exception) == (0, None)
    assert kept(database) == []


def test_what_cannot_be_kept_is_brought_again(settings: Settings, tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/none/none.sqlite3")
    verp = f"bounces+{delivery_seal(settings, ID)}@test.example"
    application = compose(replace(settings, log_level="error"), nowhere)
    ended = pipe(application, delivery_report(failed(), to=verp))
    assert ended.exit_code == TEMPFAIL
    assert "Traceback" not in ended.output
    assert pipe(application, b"junk").exit_code == 0
    nowhere.dispose()


def test_a_relay_that_pipes_into_a_process_hears_its_exit_code(
    environment: dict[str, str], settings: Settings, database: Database, tmp_path: Path
) -> None:
    report = delivery_report(failed(), to=f"bounces+{delivery_seal(settings, ID)}@test.example")
    whole = [*FLASK, "mail", "inbound"]
    ended = subprocess.run(whole, input=report, env=environment, cwd=ROOT, check=False)
    assert ended.returncode == 0
    assert kept(database) == [("inbound", "hard", ID)]

    away = environment | {"UNWALLED_DATABASE_URL": f"sqlite:///{tmp_path}/none/none.sqlite3"}
    later = subprocess.run(
        whole, input=report, env=away, cwd=ROOT, capture_output=True, check=False
    )
    assert later.returncode == TEMPFAIL
    assert b"Traceback" not in later.stderr


@pytest.fixture(scope="module")
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose database is not there: what is believed would end with 75."""
    folder = tmp_path_factory.mktemp("mail")
    database = Database(f"sqlite:///{folder}/none/none.sqlite3")
    yield compose(make_settings("sqlite:///none.sqlite3", folder, LOG_LEVEL="error"), database)
    database.dispose()


PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r\n\r\n", b"--B", b"--B--", b"\x00", b"\xff\xfe", b"=?x?b?//?=", b";",
        b"Content-Type: multipart/report; boundary=B\r\n", b"Content-Type: message/rfc822\r\n",
        b"Content-Type: message/delivery-status\r\n", b"Content-Type: text/rfc822-headers\r\n",
        b"Content-Type: message/feedback-report\r\n", b"Content-Transfer-Encoding: base64\r\n",
        b"Action: failed\r\n", b"Status: 5.1.1\r\n", b"Feedback-Type: abuse\r\n", b"To: ", b" \t",
        b"From: mailer-daemon\r\n", b"X-Delivery: ", b"a" * 42, b"a" * 48, b"Subject: ", b": ",
        b"bounces+" + b"a" * 42 + b"@test.example\r\n", b"Content-Type: message/external-body\r\n",
        b"Content-Type: message/partial\r\n", b"Content-Type: text/plain; charset*=x''%FF\r\n",
        b"Content-Transfer-Encoding: uuencode\r\n", b"begin 644 x\r\n", b"Auto-Submitted: \xff\r\n",
    ]
)  # fmt: skip
MESSAGES = st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=40).map(b"".join))


@trying(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=MESSAGES)
@example(raw=b"Content-Type: message/delivery-status; charset=\xff\n\nAction: failed\xff")
def test_any_bytes_end_with_0_and_no_traceback(unreachable: Flask, raw: bytes) -> None:
    ended = pipe(unreachable, raw)
    assert (ended.exit_code, ended.exception, ended.output) == (0, None, "")


def test_staff_open_an_address_again(
    database: Database, application: Flask, settings: Settings
) -> None:
    with database.write() as session:
        suppress(session, settings, "ann@post.example", BOUNCE, now(session))
        session.commit()
    runner = application.test_cli_runner()
    opened = runner.invoke(args=["mail", "lift", "Ann@post.example", "--as", "Olha"])
    assert opened.exit_code == 0, opened.output
    with database.read() as session:
        assert closed(session, settings, ["ann@post.example"]) == set()
    again = runner.invoke(args=["mail", "lift", "ann@post.example", "--as", "Olha"])
    assert again.exit_code == 2
