"""`make run`: the demo newsroom on one laptop, with its mailbox, until it is told to stop.

One process keeps the mailbox and watches over the web server, its only child. Whatever ends
this process (Ctrl-C, SIGTERM, the child's end) ends everything that it started.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from aiosmtpd.controller import Controller
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.core.errors import OperatorError, UnwalledError
from app.core.settings import KEPT_FILE, Settings, kept
from app.sandbox.mailbox.box import Mailbox, smtp_server
from app.sandbox.mailbox.page import make_page

ROOT = Path(__file__).parents[2]
INSTANCE = ROOT / "instance"
LAST_PORT = 65535
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class Ports:
    """Where the three servers listen, on the loopback."""

    site: int
    mail: int
    mailbox: int

    def check(self) -> None:
        """Refuse ports that are taken, out of range, or asked for twice."""
        named = {"PORT": self.site, "MAIL_PORT": self.mail, "MAILBOX_PORT": self.mailbox}
        if len(set(named.values())) < len(named):
            raise OperatorError("PORT, MAIL_PORT and MAILBOX_PORT must be three different ports.")
        for name, port in named.items():
            if not is_free(port):
                raise OperatorError(
                    f"Port {port} is taken: end what uses it, or choose another, "
                    f"like `make run {name}={port + 1}`."
                )


def port_number(text: str) -> int:
    """Read a port that a user may listen on."""
    if not text.isdigit() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535.")
    return int(text)


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def keep_settings(ports: Ports) -> Settings:
    """Write this clone's settings, with the secrets it had or new ones; return them."""
    had = kept()
    settings = {
        "UNWALLED_MODE": "development",
        "UNWALLED_ENGINE": "embedded",
        "UNWALLED_DATABASE_URL": f"sqlite:///{INSTANCE / 'unwalled.sqlite3'}",
        "UNWALLED_MEDIA_DIR": str(INSTANCE / "media"),
        "UNWALLED_SITE_URL": f"http://localhost:{ports.site}",
        "UNWALLED_SMTP_HOST": "127.0.0.1",
        "UNWALLED_SMTP_PORT": str(ports.mail),
        "UNWALLED_SMTP_SECURITY": "none",
        "UNWALLED_ADDRESS_DNS": "no",
        "UNWALLED_LOG_FORMAT": "console",
        "UNWALLED_LOG_LEVEL": "warning",
    }
    for name in ("UNWALLED_SECRET_KEY", "UNWALLED_PERMANENT_KEY"):
        settings[name] = had.get(name) or secrets.token_urlsafe(48)
    settings |= demo_identity()
    try:
        INSTANCE.mkdir(exist_ok=True)
        partial = KEPT_FILE.with_suffix(".part")
        partial.touch(mode=0o600)
        partial.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        partial.replace(KEPT_FILE)
    except OSError as refused:
        raise OperatorError(
            f"{INSTANCE} cannot be written ({refused.strerror}): "
            "give yourself the right, or clone it where you may write."
        ) from refused
    return Settings.from_environment(settings)


def demo_identity() -> dict[str, str]:
    """Return the settings by which the demo newsroom presents itself."""
    from app.sandbox.demo.newsroom import identity  # noqa: PLC0415 - read once, at the start

    return identity()


def serve_mailbox(ports: Ports, site_url: str) -> tuple[Controller, BaseWSGIServer]:
    """Start the SMTP server and the page, each on a thread of its own."""
    mailbox = Mailbox(INSTANCE / "mailbox")
    smtp = smtp_server(mailbox, ports.mail)
    smtp.start()
    page = make_server(
        "127.0.0.1", ports.mailbox, make_page(mailbox, site_url), threaded=True,
        request_handler=_Quiet,
    )  # fmt: skip
    threading.Thread(target=page.serve_forever, daemon=True).start()
    return smtp, page


class _Quiet(WSGIRequestHandler):
    """The mailbox's page writes no line per request."""

    def log(self, *_args: object) -> None:
        """Say nothing."""


def start_site(ports: Ports) -> subprocess.Popen[bytes]:
    """Start the web server with the engine inside."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--end-with-parent"]
    command += ["--port", str(ports.site)]
    ours = {name: text for name, text in os.environ.items() if not name.startswith("UNWALLED_")}
    return subprocess.Popen(command, cwd=ROOT, env=ours, start_new_session=True)


def wait_until(answers: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    """Wait until the site answers; if its process ends first, so do we."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise OperatorError("The web server ended at its start; its own words are above.")
        if answers():
            return
        time.sleep(0.05)
    raise OperatorError(f"The web server does not answer after {START_SECONDS} seconds.")


def is_ready(ports: Ports) -> bool:
    """Tell whether the site says that all of it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{ports.site}/readyz", timeout=2):
            return True
    except OSError:
        return False


def stop(child: subprocess.Popen[bytes]) -> None:
    """End the web server: kindly, then for good."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


class _Stopped(Exception):  # noqa: N818 - not an error: the wish to stop
    """A signal asked us to stop."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def serve(ports: Ports) -> None:
    """Set up what is missing, start everything, and stay until stopped."""
    ports.check()
    settings = keep_settings(ports)
    prepare(settings)
    smtp, page = serve_mailbox(ports, settings.site_url)
    child = start_site(ports)
    try:
        wait_until(lambda: is_ready(ports), child)
        print(welcome(ports), flush=True)  # noqa: T201 - a command speaks
        child.wait()
        raise OperatorError("The web server ended by itself; its own words are above.")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stop(child)
        page.shutdown()
        smtp.stop()


def prepare(settings: Settings) -> None:
    """Bring the database to the head of the migrations and load the demo newsroom once."""
    from app.core import schema  # noqa: PLC0415 - Alembic is slow to import
    from app.core.database import Database  # noqa: PLC0415 - as above
    from app.sandbox.demo import loading  # noqa: PLC0415 - as above

    database = Database(settings.database_url)
    try:
        schema.upgrade(database)
        loading.load_once(database, settings)
    finally:
        database.dispose()


def welcome(ports: Ports) -> str:
    """Return what to click, once everything answers."""
    return f"""
  The newsroom      http://localhost:{ports.site}/
  in Ukrainian      http://localhost:{ports.site}/uk/
  Newsletters       http://localhost:{ports.site}/newsletters/
  Its mailbox       http://127.0.0.1:{ports.mailbox}/    (SMTP on port {ports.mail})
  The count         http://localhost:{ports.site}/goal.json
                    .venv/bin/flask --app wsgi goal show

  Leave an address, then open the mailbox to confirm. Ctrl-C ends everything.
"""


def main() -> None:
    """Read the ports and serve; an operator's mistake ends in one sentence."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--mail-port", type=port_number, default=1025)
    parser.add_argument("--mailbox-port", type=port_number, default=8025)
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal)
    try:
        serve(Ports(given.port, given.mail_port, given.mailbox_port))
    except _Stopped:
        print("Stopped.", flush=True)  # noqa: T201 - a command speaks
    except UnwalledError as mistake:
        sys.exit(str(mistake))


if __name__ == "__main__":
    main()
