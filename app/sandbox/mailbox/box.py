"""A mailbox for the laptop: takes every mail by SMTP and keeps it in a folder, newest first.

Nothing leaves the machine. One file per mail, so a restart loses none.
"""

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SHOWN = 500
NAME = re.compile(r"\d{20}-[0-9a-f]{8}")
LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    """One mail as it came. `id` sorts by time of arrival; `received` is aware and in UTC."""

    id: str
    received: datetime
    message: EmailMessage

    @property
    def summary(self) -> dict[str, str]:
        """What a list of mails shows of it."""
        return {
            "id": self.id,
            "to": str(self.message["to"] or ""),
            "from": str(self.message["from"] or ""),
            "subject": str(self.message["subject"] or ""),
            "received": self.received.isoformat().replace("+00:00", "Z"),
        }

    def part(self, kind: str) -> str:
        """Return the text of the part of this kind (`plain` or `html`), or nothing."""
        found = self.message.get_body((kind,))
        return str(found.get_content()) if found is not None else ""


class Mailbox:
    """A folder of mails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: dict[str, Received] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes) -> str:
        """Store one mail as it came; return its id."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        partial = self.folder / f"{name}.part"
        partial.write_bytes(content)
        partial.rename(self.folder / f"{name}.eml")
        return name

    def names(self) -> list[str]:
        """Return every id, newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def raw(self, name: str) -> bytes | None:
        """Return a mail as it came, or nothing if there is none of this name."""
        path = self.folder / f"{name}.eml"
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        return path.read_bytes()

    def open(self, name: str) -> Received | None:
        """Return a mail, parsed, or nothing if there is none of this name."""
        if name not in self._opened:
            received = self._parse(name)
            if received is None:
                return None
            self._opened[name] = received
        return self._opened[name]

    def _parse(self, name: str) -> Received | None:
        content = self.raw(name)
        if content is None:
            return None
        message = message_from_bytes(content, policy=policy.default)
        moment = datetime.fromtimestamp(int(name.partition("-")[0]) / 1e9, UTC)
        return Received(name, moment, message)

    def latest(self) -> Iterator[Received]:
        """Yield the mails that came last, newest first."""
        for name in self.names()[:SHOWN]:
            received = self.open(name)
            if received is not None:
                yield received

    def empty(self) -> None:
        """Throw every mail away."""
        for name in self.names():
            (self.folder / f"{name}.eml").unlink(missing_ok=True)
        self._opened.clear()


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        self.mailbox.keep(content if isinstance(content, bytes) else content.encode())
        return "250 Kept in the mailbox"


def smtp_server(mailbox: Mailbox, port: int) -> Controller:
    """Return an SMTP server on the loopback that puts all it is given into the mailbox."""
    return Controller(
        _Handler(mailbox),
        hostname="127.0.0.1",
        port=port,
        enable_SMTPUTF8=True,
        data_size_limit=LARGEST,
        ident="Unwalled mailbox",
    )
