"""A relay that swallows: takes mail as fast as it comes and counts who got how many."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection

from tests.ports import free_port


class _Talk(socketserver.StreamRequestHandler):
    """One connection: as much SMTP as a sender needs."""

    server: "_Server"

    def handle(self) -> None:
        self._say("220 sink")
        recipient = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.server.counted[recipient] += 1
                self._say("250 swallowed")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    counted: Counter[str]


def _serve(port: int, asked: Connection) -> None:
    with _Server(("127.0.0.1", port), _Talk) as server:
        server.counted = Counter()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        while asked.recv() != "end":
            asked.send(dict(server.counted))
        server.shutdown()


class Sink:
    """The relay, seen from the process that measures."""

    def __init__(self, port: int, ask: Connection) -> None:
        self.port = port
        self._ask = ask

    def counts(self) -> dict[str, int]:
        """Return how many mails each address got."""
        self._ask.send("counts")
        counted: dict[str, int] = self._ask.recv()
        return counted


@contextmanager
def sink() -> Iterator[Sink]:
    """Run a relay in a process of its own until the block ends."""
    port = free_port()
    ours, theirs = Pipe()
    process = Process(target=_serve, args=(port, theirs), daemon=True)
    process.start()
    yield Sink(port, ours)
    ours.send("end")
    process.join(10)
