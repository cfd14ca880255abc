"""Real workers, killed over and over while a storm rages: the tables end as they are."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server as listen

from app.core.database import Database
from app.core.settings import Settings
from app.sandbox.stripe.api import make_server
from tests.memberships.storming import KEY, Year, storming
from tests.memberships.test_kills import environment
from tests.memberships.test_storm import assert_alike, other_database, seed
from tests.ports import free_port
from tests.schema import ROOT

__all__ = ["other_database", "seed"]

KILLS = 25
EVENTS = 1_500


@contextmanager
def served(year: Year) -> Iterator[str]:
    """Let the stand-in answer other processes, too."""
    port = free_port()
    server = listen("127.0.0.1", port, make_server(year.world, year.trouble), threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """Have a worker look at what is marked, and kill it."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.memberships.victim", "work"],
        cwd=ROOT,
        env=environment(settings),
        stderr=subprocess.PIPE,
    )
    try:
        yield
        assert worker.poll() is None, worker.stderr and worker.stderr.read().decode()
    finally:
        worker.kill()
        worker.communicate()


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_workers_that_are_killed_over_and_over_lose_nothing(
    database: Database, other_database: Database, settings: Settings, tmp_path: Path, seed: int
) -> None:
    print(f"STORM_SEED={seed}")  # noqa: T201 - shown when the test fails
    databases = (database, other_database)
    with storming(databases, settings, tmp_path, seed) as year, served(year) as base:
        theirs = replace(
            settings,
            database_url=other_database.engine.url.render_as_string(hide_password=False),
            stripe_key=KEY,
            stripe_base=base,
            stripe_webhook_secrets=("whsec_rehearsal_only",),
        )
        kills = 0
        while len(year.told) < EVENTS or kills < KILLS:
            until = time.monotonic() + 2 + secrets.randbelow(40) / 10
            with working(theirs):
                while time.monotonic() < until:
                    year.wish("membership")
                    year.step()
                    year.tell()
                    year.deliver(year.chance.randrange(len(year.waiting) + 1))
            kills += 1
            year.stormy.hurry()  # as leases run out after a while
        year.calm_down()

        assert_alike(year)
