"""A server on the loopback that gives Stripe's client the answers that a test has prepared."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.ports import free_port
from tests.stripe_types import from_form

Answer = tuple[int, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it came; parameters are text."""

    method: str
    path: str
    params: dict[str, Any]
    key: str | None
    version: str | None
    headers: str


class Answering:
    """What is to be answered to which request, and what was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)

    def on(self, request: str, *answers: Any) -> None:  # noqa: ANN401 - any JSON
        """Answer `GET /v1/...` with each in turn, the last one again and again.

        An answer is an object, or a status and an error or any other body.
        """
        self._answers[request] = [one if isinstance(one, tuple) else (200, one) for one in answers]

    def answer(self, asked: Asked) -> Answer:
        """Note a request and return its answer."""
        self.asked.append(asked)
        answers = self._answers[f"{asked.method} {asked.path}"]
        if not answers:
            return 404, error("resource_missing", "invalid_request_error")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def last(self) -> Asked:
        """The request that came last."""
        return self.asked[-1]


def error(code: str | None, kind: str, param: str | None = None) -> dict[str, Any]:
    """Return an error in Stripe's shape."""
    message = "No such thing as olha@example.org"
    return {"error": {"code": code, "type": kind, "param": param, "message": message}}


@contextmanager
def answering() -> Iterator[Answering]:
    """Serve until the end of the block."""
    port = free_port()
    answers = Answering(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            parts = urlsplit(self.path)
            text = self.rfile.read(length).decode() or parts.query
            key, version = self.headers.get("Idempotency-Key"), self.headers.get("Stripe-Version")
            headers = str(self.headers)
            asked = Asked(self.command, parts.path, from_form(text), key, version, headers)
            status, body = answers.answer(asked)
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", "req_1")
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()
