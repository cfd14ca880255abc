"""Asking DNS: only a clear no refuses; silence, errors and absence let everybody in."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from app.core.errors import FieldError
from app.newsletters import mailboxes
from app.newsletters.addresses import accepted_address
from app.newsletters.mailboxes import Mailboxes, mailboxes_for
from tests.conftest import make_settings
from tests.ports import free_port


@dataclass
class NameServer:
    """A name server on the loopback that answers from a table: (domain, kind) to a record."""

    port: int
    records: dict[tuple[str, str], str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, query: dns.message.Message) -> bytes | None:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        reply.set_rcode(dns.rcode.Rcode(self.codes.get(name, 0)))
        if (name, kind) in self.records:
            record = dns.rrset.from_text(question.name, 60, "IN", kind, self.records[name, kind])
            reply.answer.append(record)
        return reply.to_wire()


@pytest.fixture
def server() -> Iterator[NameServer]:
    port = free_port()
    table = NameServer(port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", port))
        listener.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    data, back = listener.recvfrom(4096)
                except TimeoutError:
                    continue
                reply = table.answer(dns.message.from_wire(data))
                if reply is not None:
                    listener.sendto(reply, back)

        thread = threading.Thread(target=serve)
        thread.start()
        yield table
        ended.set()
        thread.join()


def test_a_domain_with_an_exchange_takes_mail(server: NameServer) -> None:
    server.records["post.example", "MX"] = "10 mx.post.example."
    assert Mailboxes(server.address).accept("post.example")


@pytest.mark.parametrize(("kind", "value"), [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")])
def test_so_does_one_with_an_address_only(server: NameServer, kind: str, value: str) -> None:
    server.records["post.example", kind] = value
    assert Mailboxes(server.address).accept("post.example")


def test_a_null_exchange_refuses(server: NameServer) -> None:
    server.records["post.example", "MX"] = "0 ."
    server.records["post.example", "A"] = "192.0.2.1"
    assert not Mailboxes(server.address).accept("post.example")


def test_a_domain_that_does_not_exist_refuses(server: NameServer) -> None:
    server.codes["post.example"] = dns.rcode.NXDOMAIN
    assert not Mailboxes(server.address).accept("post.example")


def test_a_domain_with_neither_exchange_nor_address_refuses(server: NameServer) -> None:
    assert not Mailboxes(server.address).accept("post.example")


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.FORMERR])
def test_a_broken_name_server_refuses_nobody(server: NameServer, code: int) -> None:
    server.codes["post.example"] = code
    assert Mailboxes(server.address).accept("post.example")


def test_a_silent_name_server_refuses_nobody_and_is_not_waited_for(server: NameServer) -> None:
    server.silent.add("post.example")
    boxes = Mailboxes(server.address)
    begun = time.monotonic()
    assert boxes.accept("post.example")
    assert time.monotonic() - begun < 10 * mailboxes.PATIENCE_SECONDS
    questions = len(server.asked)
    assert boxes.accept("post.example")
    assert len(server.asked) == questions


def test_an_absent_name_server_refuses_nobody() -> None:
    assert Mailboxes(f"127.0.0.1:{free_port()}").accept("post.example")


def test_a_machine_without_a_resolver_refuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_args: object, **_options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.resolver.Resolver", none)
    assert Mailboxes().accept("post.example")


def test_an_answer_is_remembered(server: NameServer) -> None:
    server.codes["gone.example"] = dns.rcode.NXDOMAIN
    server.records["post.example", "MX"] = "10 mx.post.example."
    boxes = Mailboxes(server.address)
    for _ in range(5):
        assert boxes.accept("post.example")
        assert not boxes.accept("gone.example")
    assert len(server.asked) == 2


def test_the_large_providers_are_not_asked_about(server: NameServer) -> None:
    assert Mailboxes(server.address).accept("gmail.com")
    assert server.asked == []


def test_there_is_an_end_to_what_is_remembered(
    server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "MOST_KEPT", 3)
    boxes = Mailboxes(server.address)
    for number in range(6):
        boxes.accept(f"post{number}.example")
    assert len(boxes._kept) == 3


def test_slow_domains_do_not_hold_everybody_up(server: NameServer) -> None:
    names = [f"slow{number}.example" for number in range(12)]
    server.silent.update(names)
    boxes = Mailboxes(server.address)
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(boxes.accept, names))
    assert len({name for name, _ in server.asked}) <= mailboxes.MOST_AT_ONCE


def test_a_reader_is_told_in_one_sentence(server: NameServer) -> None:
    server.codes["gone.example"] = dns.rcode.NXDOMAIN
    settings = make_settings(
        "sqlite:///none", Path("media"), ADDRESS_DNS="yes", ADDRESS_DNS_SERVER=server.address
    )
    with pytest.raises(FieldError, match="takes no mail"):
        accepted_address("ann@gone.example", settings, mailboxes_for(settings))
    assert mailboxes_for(make_settings("sqlite:///none", Path("media"))) is None
