"""Two servers of the same make: one with ours, one with the floor. Each in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.ports import free_port

PATIENCE = 60


@contextmanager
def serving(what: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Run `ours`, the `floor` or a `worker` until the block ends; yield the port served.

    `bare` is ours that makes nothing ready before it takes requests.
    """
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.serving", what, str(port)],
        env={**os.environ, **environment},
    )
    try:
        if what != "worker":
            _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at its start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def main() -> None:
    """Serve what the command line names."""
    from app.cli import running  # noqa: PLC0415 - the other side of this module needs none of it
    from benchmarks.floor import make_floor  # noqa: PLC0415 - as above

    what, port = sys.argv[1], int(sys.argv[2])
    if what == "worker":
        os.execv(sys.executable, [sys.executable, "-m", "flask", "--app", "wsgi", "worker"])  # noqa: S606 - no shell is wanted
    loads: dict[str, Callable[[], Any]] = {
        "ours": running.load_site,
        "bare": partial(running.load_site, ready=False),
        "floor": make_floor,
    }
    running.run_server(loads[what], "127.0.0.1", port)


if __name__ == "__main__":
    main()
