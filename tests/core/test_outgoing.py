"""Posts leave for public addresses alone, and come back in time whatever the other side does."""

import socket
from typing import Any

import pytest

from app.core import outgoing
from app.core.outgoing import Answer, NotAllowedError, NotSentError, check_url, is_public, post
from tests.newsletters.webhooks.receivers import (
    Behaviour,
    answering,
    dripping,
    dropping,
    endless,
    garbling,
    hanging,
    listening,
)

PRIVATE = """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.2.1 198.18.0.1 203.0.113.7 224.0.0.1 240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:a00:1 64:ff9b::7f00:1
    2002:7f00:1:: 2001:0:53aa:64c:0:0:f5ff:fffe
""".split()  # noqa: SIM905 - thirty quoted words would be no easier to read


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_server_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


def sent(url: str, *, private: bool = False, seconds: float = 10) -> Answer:
    return post(url, b"{}", {"Content-Type": "application/json"}, private=private, seconds=seconds)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",  # 127.0.0.1 in decimal
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ],
)
def test_nothing_is_sent_to_this_machine_however_it_is_spelt(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)  # whoever connects, fails otherwise

    with pytest.raises(NotSentError):
        sent(f"https://{host}:1/hook")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///path",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nHost: x",
        "https://приклад.укр/",
        "https://[::1",
        "https://example.org/" + "x" * 600,
        "",
    ],
)
def test_an_address_that_cannot_be_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(NotAllowedError, match=r"\.$"):
        check_url(url, private=False)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have names resolve to these, in turn; return what was asked."""
    asked: list[str] = []
    told = list(answers)

    def resolve(host: str, port: int, **_options: object) -> list[Any]:
        asked.append(host)
        found = told.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, ["8.8.8.8", "10.0.0.1"])

    with pytest.raises(NotAllowedError, match="not public"):
        sent("https://both.example/")


def test_a_name_that_changes_its_mind_is_asked_once_and_taken_at_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    went: list[object] = []

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:  # noqa: ANN401 - as a socket's
            went.append(address)
            raise TimeoutError

    monkeypatch.setattr(socket, "socket", Watched)
    with pytest.raises(NotSentError, match="in time"):
        sent("https://rebinding.example/")

    assert (asked, went) == (["rebinding.example"], [("8.8.8.8", 443)])


def test_a_post_brings_the_answer_and_says_where_it_was_for() -> None:
    with listening() as receiver:
        receiver.does(answering(202, b"thanks", Retry_After="7"))

        answer = sent(receiver.url, private=True)

    assert answer == Answer(202, b"thanks", "7")
    assert receiver.got[0].path == "/hook?from=us"
    assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (hanging, "no answer in time"),
        (dripping, "no answer in time"),
        (dropping, "broke off"),
        (garbling, "broke off"),
    ],
)
def test_whatever_the_other_side_does_ends_in_time(behaviour: Behaviour, why: str) -> None:
    with listening() as receiver:
        receiver.does(behaviour)

        with pytest.raises(NotSentError, match=why):
            sent(receiver.url, private=True, seconds=0.5)


def test_an_answer_without_end_is_read_to_its_first_bytes() -> None:
    with listening() as receiver:
        receiver.does(endless)

        assert len(sent(receiver.url, private=True).body) == outgoing.LONGEST_ANSWER


def test_a_redirect_is_not_followed() -> None:
    with listening() as receiver, listening() as inner:
        receiver.does(answering(307, Location=inner.url))

        assert sent(receiver.url, private=True).status == 307
        assert inner.got == []


def test_a_name_that_nobody_knows_and_a_port_that_nobody_listens_on_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listening() as receiver:
        closed = receiver.url
    with pytest.raises(NotSentError, match="broke off"):
        sent(closed, private=True)

    def nobody(*_given: object, **_options: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(NotSentError, match="not known"):
        sent("https://nowhere.example/")


def test_a_server_without_a_certificate_that_holds_gets_nothing() -> None:
    with listening() as receiver:
        secured = receiver.url.replace("http://", "https://")

        with pytest.raises(NotSentError):
            sent(secured, private=True, seconds=2)

        assert receiver.got == []
