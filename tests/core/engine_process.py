"""An engine in a process of its own, to be killed: python -m tests.core.engine_process ..."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from app.core import logs
from app.core.database import Database
from app.core.engine import Engine
from app.core.work import Work
from tests.conftest import make_settings
from tests.core.probes import every_second, note_job, probe_lane


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("mode", choices=("embedded", "workers"))
    parser.add_argument("name")
    parser.add_argument("--lease", type=float, default=3)
    parser.add_argument("--fallback", type=int, default=2)
    parser.add_argument("--cron", action="store_true")
    given = parser.parse_args()
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())
    settings = make_settings(given.url, Path.cwd(), ENGINE=given.mode, LOG_LEVEL="warning")
    logs.configure(settings)
    work = Work(
        lanes=(probe_lane(given.name, given.lease),),
        jobs=(note_job(given.name),),
        crons=(every_second(given.name),) if given.cron else (),
    )
    engine = Engine(
        Database(given.url), settings, work,
        name=given.name, fallback_seconds=given.fallback, lease_seconds=given.lease,
    )  # fmt: skip
    engine.start()
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    told.wait()
    sys.exit(0 if engine.stop() else 1)


if __name__ == "__main__":
    main()
