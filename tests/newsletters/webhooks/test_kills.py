"""A worker that dies in the middle of a delivery loses nothing: it happens again, by its id."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

from tests.newsletters.webhooks.receivers import hanging
from tests.newsletters.webhooks.rooms import Room
from tests.schema import ROOT
from tests.waiting import until

DRAIN = """
import sys
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
import app.tables
from app.newsletters.webhooks import jobs
import os
settings = Settings.from_environment(os.environ)
jobs.drain(Runtime(Database(settings.database_url), settings))
"""


def start(room: Room, **others: str) -> subprocess.Popen[bytes]:
    """Start a process that drains the lane once."""
    url = room.newsroom.database.engine.url.render_as_string(hide_password=False)
    given = {
        "MODE": "development",
        "SECRET_KEY": room.settings.secret_key,
        "PERMANENT_KEY": room.settings.permanent_key,
        "DATABASE_URL": url.replace("+psycopg", ""),
        "SITE_URL": "http://localhost",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "post@test.example",
        "ENGINE": "embedded",
        "WEBHOOKS_PRIVATE": "yes",
        **others,
    }
    environment = {**os.environ, **{f"UNWALLED_{name}": one for name, one in given.items()}}
    return subprocess.Popen([sys.executable, "-c", DRAIN], cwd=ROOT, env=environment)


def test_a_worker_killed_while_it_waits_for_an_answer_loses_nothing(room: Room) -> None:
    room.listens()
    ids = {f"evt_{room.happens()}" for _ in range(3)}
    room.receiver.does(hanging)
    process = start(room)
    until(lambda: room.receiver.got)

    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert room.work() == 0, "what it held is still leased"
    room.changes(leased_until=datetime(2020, 1, 1, tzinfo=UTC))
    while room.work():
        pass

    got = [one.id for one in room.receiver.got]
    assert (len(got), set(got)) == (4, ids)
    assert room.states() == ["delivered"] * 3


def test_a_worker_killed_after_the_answer_delivers_once_more(room: Room) -> None:
    room.listens()
    event = room.happens()
    process = start(room, FAILPOINT="webhooks.delivered")

    assert process.wait(60) == -signal.SIGKILL
    room.changes(leased_until=datetime(2020, 1, 1, tzinfo=UTC))
    room.work()

    assert [one.id for one in room.receiver.got] == [f"evt_{event}"] * 2
    assert room.states() == ["delivered"]
