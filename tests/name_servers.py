"""A name server on the loopback that answers from a table."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.ports import free_port


@dataclass
class NameServer:
    """Answers from a table: (name, kind) to records; an alias is followed, as resolvers do."""

    port: int
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """As a setting names it."""
        return f"127.0.0.1:{self.port}"

    def add(self, name: str, kind: str, *values: str) -> None:
        """Add records."""
        self.records.setdefault((name, kind), []).extend(values)

    def set(self, name: str, kind: str, *values: str) -> None:
        """Put records in place of those there were."""
        self.records[name, kind] = list(values)

    def answer(self, query: dns.message.Message) -> bytes:
        """Return the answer to a question."""
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        known = {each for each, _ in self.records}
        missing = dns.rcode.NXDOMAIN if name not in known else dns.rcode.NOERROR
        reply.set_rcode(dns.rcode.Rcode(self.codes.get(name, missing)))
        for _ in range(4):
            alias = self.records.get((name, "CNAME"), [])
            if alias:
                reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *alias))
            found = self.records.get((name, kind), [])
            if found and kind != "CNAME":
                reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *found))
            if not alias or kind == "CNAME":
                break
            name = alias[0].rstrip(".")
        return reply.to_wire()


@contextmanager
def serving() -> Iterator[NameServer]:
    """Run a name server whose table is empty at first."""
    table = NameServer(free_port())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", table.port))
        listener.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    data, back = listener.recvfrom(4096)
                except TimeoutError:
                    continue
                listener.sendto(table.answer(dns.message.from_wire(data)), back)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield table
        finally:
            ended.set()
            thread.join()
