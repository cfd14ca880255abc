"""Another system that webhooks go to: a real server, which does as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ports import free_port

Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Got:
    """A message that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:  # noqa: ANN401 - what JSON holds
        """What it says."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """Its id."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What came, and what is done with what comes next; then everything is taken."""

    port: int
    got: list[Got] = field(default_factory=list)
    script: list[Behaviour] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?from=us"

    def does(self, *behaviours: Behaviour) -> None:
        """Do this with what comes next, one after the other."""
        self.script = list(behaviours)

    def types(self) -> list[str]:
        """Return what was told, in the order it came."""
        return [one.said["type"] for one in self.got]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    receiver: Receiver

    def do_POST(self) -> None:
        """Keep what came, and do as told."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.got.append(Got(self.path, headers, body))
        script = self.receiver.script
        (script.pop(0) if script else answering(204))(self)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def answering(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with this."""

    def act(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def hanging(handler: Handler) -> None:
    """Answer nothing until the end."""
    handler.receiver.closing.wait(60)
    handler.close_connection = True


def dripping(handler: Handler) -> None:
    """Answer a header without end, a sign at a time."""
    try:
        while not handler.receiver.closing.wait(0.05):
            handler.wfile.write(b"H")
    except OSError:
        handler.close_connection = True


def dropping(handler: Handler) -> None:
    """Break the connection off."""
    handler.close_connection = True
    handler.connection.close()


def endless(handler: Handler) -> None:
    """Answer 200, and a body without end."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.receiver.closing.is_set():
            handler.wfile.write(b"ann@post.example " * 4096)
    except OSError:
        handler.close_connection = True


def garbling(handler: Handler) -> None:
    """Answer what is no HTTP."""
    handler.wfile.write(b"\x00\xff nothing of the kind\r\n\r\n")
    handler.close_connection = True


@contextmanager
def listening() -> Iterator[Receiver]:
    """Listen on a port of the loopback."""
    receiver = Receiver(free_port())
    ours = type("Ours", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), ours)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield receiver
    receiver.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()
