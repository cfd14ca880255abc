"""`flask serve` and `flask worker`: the only two that work for longer than a moment."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import schema
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.extensions import db

if TYPE_CHECKING:
    from flask import Flask

    from app.core.engine import Engine

THREADS = 8
STOP_SECONDS = 5
LAST_PORT = 65_535


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, LAST_PORT), help="Its port."
)
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 64),
    help="Web processes; one if the engine is embedded.",
)  # fmt: skip
@click.option("--end-with-parent", is_flag=True, hidden=True)
@with_appcontext
def serve(host: str, port: int, processes: int, end_with_parent: bool) -> None:  # noqa: FBT001 - click's way
    """Serve the site; with an embedded engine, do its work as well."""
    if end_with_parent:
        _end_with_parent()
    settings: Settings = current_app.extensions["unwalled_settings"]
    if settings.engine == "embedded" and processes > 1:
        raise OperatorError("UNWALLED_ENGINE is `embedded`, so there is one process, not more.")
    schema.check(db.database)
    _refuse_taken(host, port)
    db.database.dispose()
    run_server(load_site, host, port, processes)


def run_server(load: Callable[[], "Flask"], host: str, port: int, processes: int = 1) -> None:
    """Serve what `load` makes inside each web process, until told to stop."""
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - `serve` alone needs it
    from granian.log import LogLevels  # noqa: PLC0415 - as above
    from granian.server import Server  # noqa: PLC0415 - as above

    server = Server(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {}}},
        log_level=LogLevels.error,
    )
    server.serve(target_loader=load, wrap_loader=False)


def load_site(*, ready: bool = True) -> "Flask":
    """Make the site inside a web process, and start the engine there if it is embedded.

    Args:
        ready: Have the process know the desk's first page before it takes requests.
    """
    from app import create_app  # noqa: PLC0415 - needed in the child alone
    from app.cli.words import spoken  # noqa: PLC0415 - as above
    from app.desk.morning.readying import make_ready  # noqa: PLC0415 - as above

    _end_with_parent()
    with spoken():
        app = create_app()
        if ready:
            make_ready(app)
        settings: Settings = app.extensions["unwalled_settings"]
        if settings.engine == "embedded":
            _embed(_start_engine(app.extensions["unwalled_database"], settings, "embedded"))
    return app


@click.command()
@click.option("--name", default="", help="What to call this worker; the machine's name if empty.")
@with_appcontext
def worker(name: str) -> None:
    """Do the work of lanes, jobs and crons, until told to stop."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    if settings.engine == "embedded":
        raise OperatorError("UNWALLED_ENGINE is `embedded`: `flask serve` does the work itself.")
    schema.check(db.database)
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    engine = _start_engine(db.database, settings, name or socket.gethostname()[:40])
    while not told.wait(1):
        pass
    _end(engine)


def _start_engine(database: Database, settings: Settings, name: str) -> "Engine":
    from app.core.engine import Engine  # noqa: PLC0415 - DBOS takes a second to import
    from app.wiring import WORK  # noqa: PLC0415 - so that other commands start quickly

    engine = Engine(database, settings, WORK, name=name)
    engine.start()
    return engine


def _embed(engine: "Engine") -> None:
    """Have the engine stop when its web process ends, after its last request."""
    from multiprocessing.util import Finalize  # noqa: PLC0415 - needed in the child alone

    Finalize(None, _end, args=(engine,), exitpriority=100)


def _end(engine: "Engine") -> None:
    """Stop an engine; what does not end is cut off, and its lease runs out."""
    if not engine.stop():
        logging.shutdown()
        os._exit(0)


def _end_with_parent() -> None:
    """End this process when the one that watches over it is gone, however it went."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _refuse_taken(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on: the server itself would share the port."""
    try:
        family, kind, number, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        raise OperatorError(f"Port {port} needs more rights: choose one above 1023.") from error
    except OSError as error:
        raise OperatorError(
            f"Port {port} on {host} is taken or not to be had ({error.strerror}): "
            "end what uses it, or choose another with --port."
        ) from error
