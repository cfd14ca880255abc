"""Trying to deliver what one system is to be told, one after the other, outside any transaction."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from app.core.leases import Held
from app.core.logs import redact
from app.core.outgoing import NotSentError, post
from app.newsletters.webhooks.payloads import Message
from app.newsletters.webhooks.signing import signed_headers

ANSWER_SECONDS = 10.0
TRYING_SECONDS = 10.0
LONGEST_ANSWER = 200
LONGEST_RETRY_AFTER = timedelta(days=1)
KIND = "application/json; charset=utf-8"
AGENT = "Unwalled-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and how.

    Attributes:
        id: Of the endpoint.
        url: Where it is.
        secrets: To sign with; two while one is being replaced.
        private: Addresses that are not public, and http, are allowed.
    """

    id: int
    url: str
    secrets: list[str]
    private: bool


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try.

    Attributes:
        row: The delivery.
        status: Of HTTP, if there was an answer.
        milliseconds: How long it took.
        said: The first of the answer, or why there was none; no address and no token.
        wait: How long the system wants to be left alone, if it said so.
    """

    row: Held
    status: int | None
    milliseconds: int
    said: str
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the system took it."""
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)

    @property
    def gone(self) -> bool:
        """Whether the system wants nothing more, ever."""
        return self.status == HTTPStatus.GONE

    @property
    def ails(self) -> bool:
        """Whether the system is unwell, or overrun, and not only displeased with this message."""
        if self.taken:
            return False
        busy = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
        return self.status is None or self.status in busy or self.status >= HTTPStatus(500)


@dataclass
class Outcome:
    """What became of what was claimed for one system."""

    target: Target
    tries: list[Try] = field(default_factory=list)
    left: list[Held] = field(default_factory=list)


def deliver(
    target: Target, rows: Sequence[Held], messages: Mapping[int, Message], now: datetime
) -> Outcome:
    """Post the messages until one shows that the system ails, or time is up.

    Args:
        target: Where to.
        rows: Claimed, each with a message.
        messages: By the row's id.
        now: What the messages are stamped with.
    """
    outcome, begun = Outcome(target), time.monotonic()
    for place, row in enumerate(rows):
        elapsed = time.monotonic() - begun
        if elapsed > TRYING_SECONDS:
            outcome.left = list(rows[place:])
            break
        tried = _try(target, row, messages[row.id], now + timedelta(seconds=elapsed))
        outcome.tries.append(tried)
        if tried.ails or tried.gone:
            outcome.left = list(rows[place + 1 :])
            break
    return outcome


def _try(target: Target, row: Held, message: Message, now: datetime) -> Try:
    headers = {
        "Content-Type": KIND,
        "User-Agent": AGENT,
        **signed_headers(target.secrets, message.id, now, message.body),
    }
    begun = time.monotonic()
    try:
        answer = post(
            target.url, message.body, headers, private=target.private, seconds=ANSWER_SECONDS
        )
    except NotSentError as error:
        return Try(row, None, _since(begun), str(error))
    wait = _wait(answer.retry_after, now)
    return Try(row, answer.status, _since(begun), shown(answer.body), wait)


def shown(body: bytes) -> str:
    """Return the first of an answer on one line, without addresses and tokens."""
    text = redact(body.decode("utf-8", "replace"))
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:LONGEST_ANSWER]


def _wait(header: str, now: datetime) -> timedelta | None:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds or a date, a day at most."""
    if header.isascii() and header.isdecimal() and len(header) <= len("999999"):
        return min(timedelta(seconds=int(header)), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta(0)), LONGEST_RETRY_AFTER)


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
