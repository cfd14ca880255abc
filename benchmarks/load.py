"""A load of HTTP/1.1 requests over kept connections, from one process, and its timings.

Each connection sends its next request when it has read the whole answer before: as many
requests are under way as there are connections. Only ever the loopback.
"""

import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
CHUNK = 262_144


@dataclass
class Outcome:
    """What one run of load came to. `seconds` each, one per request."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def p99(self) -> float:
        """The latency that 99 of 100 answers kept to, in seconds."""
        return statistics.quantiles(self.latencies, n=100)[98]

    def expect(self, status: int) -> "Outcome":
        """Refuse to measure errors: every answer must have been this."""
        assert set(self.statuses) == {status}, f"answers were {self.statuses}, not {status}"
        return self


class _Connection:
    """One kept connection and the answer that is being read from it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOOPBACK, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.wanted = 0
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.wanted = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int:
        """Read what is there; return the status once the answer is whole, else 0."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise ConnectionError("the server closed a kept connection")
        self.received += chunk
        if not self.wanted:
            self.wanted = whole_length(self.received)
        if not self.wanted or len(self.received) < self.wanted:
            return 0
        return int(self.received[9:12])


def whole_length(received: bytearray) -> int:
    """Return how long an answer is with its head, or 0 while its head is not whole."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(received[:end]).lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return end + 4
    line_end = head.find(b"\r\n", at + 2)
    value = head[at + 17 : line_end if line_end > 0 else end]
    return end + 4 + int(value)


def run(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Outcome:
    """Send requests for some seconds, or until there are no more."""
    watched = selectors.DefaultSelector()
    outcome = Outcome(0.0)
    begun = time.perf_counter()
    for _ in range(connections):
        request = next(requests, None)
        if request is None:
            break
        connection = _Connection(port)
        watched.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
    _drive(watched, requests, outcome, begun + seconds)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def _drive(
    watched: selectors.BaseSelector, requests: Iterator[bytes], outcome: Outcome, until: float
) -> None:
    while watched.get_map():
        for key, _events in watched.select():
            connection: _Connection = key.data
            status = connection.read()
            if not status:
                continue
            moment = time.perf_counter()
            outcome.latencies.append(moment - connection.sent_at)
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            request = next(requests, None) if moment < until else None
            if request is None:
                watched.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.send(request)


def get(path: str, port: int, headers: dict[str, str] | None = None) -> bytes:
    """Return a GET request as bytes."""
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode()


def post(path: str, port: int, body: str) -> bytes:
    """Return the POST of a form as bytes."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{port}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body.encode())}",
    ]
    return "\r\n".join([*lines, "", body]).encode()
