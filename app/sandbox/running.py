"""`make run`: the demo newsroom on one laptop, with its mailbox and a stand-in for Stripe.

One process keeps these two and watches over the web server, its only child. Whatever ends
this process (Ctrl-C, SIGTERM, the child's end) ends everything that it started.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from app.core.errors import OperatorError, UnwalledError
from app.core.settings import Settings
from app.sandbox.mailbox.box import Mailbox, smtp_server
from app.sandbox.mailbox.page import make_page
from app.sandbox.own_settings import INSTANCE, keep_settings, own_keys
from app.sandbox.ports import Ports, port_number

if TYPE_CHECKING:
    from app.sandbox.stripe.world import World

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
LOOK_SECONDS = 0.2
"""How often we look up: a signal may be given to another thread, and wait until this one does."""


def serve_mailbox(ports: Ports, site_url: str, forms: Mapping[str, str], begun: ExitStack) -> None:
    """Start the SMTP server and the page, each on a thread of its own."""
    mailbox = Mailbox(INSTANCE / "mailbox")
    smtp = smtp_server(mailbox, ports.mail)
    smtp.start()
    begun.callback(smtp.stop)
    page = make_server(
        "127.0.0.1", ports.mailbox, make_page(mailbox, site_url, forms), threaded=True,
        request_handler=_Quiet,
    )  # fmt: skip
    threading.Thread(target=page.serve_forever, daemon=True).start()
    begun.callback(page.shutdown)


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


def serve(ports: Ports, keys: Mapping[str, str]) -> None:
    """Set up what is missing, start everything, and stay until stopped."""
    ports.check()
    settings = keep_settings(ports, keys)
    begun = ExitStack()
    try:
        forms, world = prepare(settings, ports, begun)
        serve_mailbox(ports, settings.site_url, forms, begun)
        child = start_site(ports)
        begun.callback(stop, child)
        let_some_give(settings, world)
        wait_until(lambda: is_ready(ports), child)
        print(welcome(ports, way_into_the_desk(settings)), flush=True)  # noqa: T201 - a command speaks
        while child.poll() is None:
            time.sleep(LOOK_SECONDS)
        raise OperatorError("The web server ended by itself; its own words are above.")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        begun.close()


def prepare(
    settings: Settings, ports: Ports, begun: ExitStack
) -> tuple[dict[str, str], "World | None"]:
    """Bring the database to the head of the migrations, start what stands in for Stripe, load.

    The demo is loaded once, by the clock that the stand-in and the site agree on. Returned are the
    forms that another site shows, by language, and the stand-in's world, if it was started.
    """
    from app.core import schema  # noqa: PLC0415 - Alembic is slow to import
    from app.core.database import Database  # noqa: PLC0415 - as above
    from app.sandbox import rehearsing  # noqa: PLC0415 - Stripe's package as well
    from app.sandbox.demo import loading  # noqa: PLC0415 - as above
    from app.sandbox.mailbox import neighbour  # noqa: PLC0415 - as above

    database = Database(settings.database_url)
    begun.callback(database.dispose)
    schema.upgrade(database)
    stand_in = None
    if ports.stripe is not None:
        stand_in = rehearsing.stand_in(database, settings, INSTANCE, ports.stripe)
        begun.callback(stand_in.shutdown)
    rehearsing.prepare_products(settings)
    loading.load_once(database, settings)
    with database.write() as session:
        forms = neighbour.allow(session, ports, settings.site_url)
        session.commit()
    return forms, stand_in.world if stand_in is not None else None


def let_some_give(settings: Settings, world: "World | None") -> None:
    """Let a few of the demo pay at the stand-in; the site starts meanwhile, so nobody waits."""
    from app.core.database import Database  # noqa: PLC0415 - as above
    from app.sandbox.demo import givers  # noqa: PLC0415 - as above

    if world is None:
        return
    database = Database(settings.database_url)
    try:
        givers.load(database, settings, world)
    finally:
        database.dispose()


def way_into_the_desk(settings: Settings) -> str:
    """Return the link that lets somebody sit down at the desk, once."""
    from app.core.database import Database  # noqa: PLC0415 - as above
    from app.sandbox.demo import desk  # noqa: PLC0415 - as above

    database = Database(settings.database_url)
    try:
        return desk.way_in(database, settings)
    finally:
        database.dispose()


def welcome(ports: Ports, desk: str) -> str:
    """Return what to click, once everything answers; `desk` is the way into the desk."""
    return f"""
  The newsroom      http://localhost:{ports.site}/
  in Ukrainian      http://localhost:{ports.site}/uk/
  Joining           http://localhost:{ports.site}/join/
  Newsletters       http://localhost:{ports.site}/newsletters/
  The desk          http://localhost:{ports.site}/desk/
  your way in, once {desk}
  Another site      http://127.0.0.1:{ports.mailbox}/embed    (with a form of the newsroom's)
  Its mailbox       http://127.0.0.1:{ports.mailbox}/    (SMTP on port {ports.mail})
  Stripe            {stripe_words(ports)}
  The count         http://localhost:{ports.site}/goal.json
                    .venv/bin/flask --app wsgi goal show

  Leave an address, then open the mailbox to confirm. Join, with a card of the stand-in's;
  then let a month pass on its page. Ctrl-C ends everything.
"""


def stripe_words(ports: Ports) -> str:
    """Return where payments go, in words."""
    if ports.stripe is not None:
        return f"http://127.0.0.1:{ports.stripe}/    (a stand-in: its clock, its bank, its post)"
    return (
        f"your own test account; send its events to http://localhost:{ports.site}/webhooks/stripe"
    )


def main() -> None:
    """Read the ports and serve; an operator's mistake ends in one sentence."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--mail-port", type=port_number, default=1025)
    parser.add_argument("--mailbox-port", type=port_number, default=8025)
    parser.add_argument("--stripe-port", type=port_number, default=8090)
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal)
    try:
        keys = own_keys(os.environ)
        stripe = None if keys else given.stripe_port
        serve(Ports(given.port, given.mail_port, given.mailbox_port, stripe), keys)
    except _Stopped:
        print("Stopped.", flush=True)  # noqa: T201 - a command speaks
    except UnwalledError as mistake:
        sys.exit(str(mistake))


if __name__ == "__main__":
    main()
