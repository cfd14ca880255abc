"""SMTP servers on the loopback: a real one that takes everything, one that does as told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port


@dataclass
class Taken:
    """A mail as a relay got it."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        """The text of the part of this kind, `plain` or `html`."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())


@dataclass
class Mailbox:
    """What a relay took, and where it listens."""

    port: int
    mails: list[Taken] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802, ANN401 - aiosmtpd's hook
        """Take a mail."""
        self.mails.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return "250 OK"


@contextmanager
def taking_all() -> Iterator[Mailbox]:
    """Run aiosmtpd, which takes everything."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Scripted:
    """A relay that answers as told.

    Attributes:
        answers: By command (`EHLO`, `MAIL`, `RCPT`, `DATA`, `END` for the end of a mail, `HELLO`
            for the greeting): the answers in turn, of which the last one stays. `hang up` closes
            the connection instead.
        refused: Answers to RCPT by recipient.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    mails: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def answer(self, command: str, usual: str) -> str:
        """Return the next answer to a command."""
        told = self.answers.get(command, [])
        if len(told) > 1:
            return told.pop(0)
        return told[0] if told else usual


class _HangUpError(Exception):
    pass


class _Conversation:
    def __init__(self, script: Scripted, connection: socket.socket) -> None:
        self.script, self.connection = script, connection
        self.lines = connection.makefile("rb")
        self.sender = self.recipient = ""

    def say(self, text: str) -> None:
        if text == "hang up":
            raise _HangUpError
        self.connection.sendall(f"{text}\r\n".encode())

    def run(self) -> None:
        try:
            self.say(self.script.answer("HELLO", "220 ready"))
            for line in self.lines:
                self.obey(line.decode("utf-8", "replace").strip())
        except (_HangUpError, OSError):
            pass
        finally:
            self.lines.close()
            self.connection.close()

    def obey(self, line: str) -> None:
        self.script.commands.append(line)
        command = line[:4].upper()
        if command == "QUIT":
            raise _HangUpError
        if command == "DATA":
            self.take()
            return
        usual = "250 OK"
        if command == "MAIL":
            self.sender = line.partition("<")[2].partition(">")[0]
        if command == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0]
            usual = self.script.refused.get(self.recipient, usual)
        self.say(self.script.answer(command, usual))

    def take(self) -> None:
        answer = self.script.answer("DATA", "354 go on")
        self.say(answer)
        if not answer.startswith("354"):
            return
        content = b""
        while (line := self.lines.readline()) not in (b".\r\n", b""):
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        self.script.mails.append(Taken(self.sender, self.recipient, content))
        self.say(self.script.answer("END", "250 taken"))


@contextmanager
def doing_as_told(**answers: list[str]) -> Iterator[Scripted]:
    """Run a relay that answers as told."""
    script = Scripted(answers, port=free_port())
    listener = socket.create_server(("127.0.0.1", script.port))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            script.connections += 1
            talk = threading.Thread(target=_Conversation(script, connection).run, daemon=True)
            threads.append(talk)
            talk.start()

    server = threading.Thread(target=accept, daemon=True)
    server.start()
    try:
        yield script
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (server, *threads):
            thread.join(timeout=5)
