"""What mail that comes in tells of mail that left.

Reports of delivery (RFC 3464) and of abuse (RFC 5965), bounces of relays that know neither, and
requests to be taken off a list.

No address in it is believed, only a seal of ours. Whatever carries none, answers by itself
(RFC 3834) or only says that a mail is late changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.mail import statuses
from app.mail.events import Notice
from app.mail.message import DELIVERY
from app.mail.parsing import MOST_PARTS, Part, field, fields, inside, parsed, parts, text_of

DELIVERY_REPORT, ABUSE_REPORT = "message/delivery-status", "message/feedback-report"
RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
COMPLAINTS = frozenset({"abuse", "fraud"})
DAEMON = re.compile(r"mailer[-_.]?daemon|postmaster|mail delivery", re.IGNORECASE)
LATE = re.compile(
    r"delay|warning|not (?:yet|been delivered yet)|will (?:continue|keep|be retried)|still trying",
    re.IGNORECASE,
)
AUTOMATIC = re.compile(r"auto.?reply|out of (?:the )?office|vacation|abwesen", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seals:
    """How our seals are found in a text.

    Attributes:
        delivery: Returns the id of the mail that a text names, or None.
        leaving: Returns whose subscription to what a text asks to end, or None.
    """

    delivery: Callable[[str], str | None]
    leaving: Callable[[str], str | None]


def read_report(raw: bytes, recipients: Iterable[str], seals: Seals) -> Notice | None:
    """Return what a message tells of one mail of ours, or None if it tells nothing.

    Args:
        raw: The message, as it came.
        recipients: Whom the relay brought it for, as far as it says so beside the message.
        seals: How ours are found.
    """
    message = parsed(raw)
    whole = list(parts(message))
    to = "\n".join((*recipients, fields(message, *ENVELOPE)))
    for part in whole:
        kind = part.get_content_type()
        if kind == DELIVERY_REPORT:
            return _of_delivery(part, _mail(to, whole, seals))
        if kind == ABUSE_REPORT:
            return _of_abuse(part, _mail(to, whole, seals))
    if DAEMON.search(field(message, "From")) or not _is_automatic(message):
        return _request(message, to, seals) or _bounce(message, whole, _mail(to, whole, seals))
    return None


def _mail(to: str, whole: Sequence[Part], seals: Seals) -> str | None:
    """Return the mail that a message is about: by its recipient, else by what lies in it."""
    named = [to]
    for part in whole:
        kind = part.get_content_type()
        if kind == DELIVERY_REPORT:
            named.extend(field(group, "Original-Envelope-Id") for group in _groups(part))
        elif kind == ABUSE_REPORT:
            named.extend(
                fields(group, "Original-Envelope-Id", "Original-Mail-From")
                for group in _groups(part)
            )
        elif kind in RETURNED:
            named.extend(_of_returned(part))
    found = (seals.delivery(text) for text in named)
    return next((one for one in found if one), None)


def _of_returned(part: Part) -> Iterable[str]:
    """Yield what names a mail in the part that holds it, or its headers."""
    held = inside(part) or [parsed(text_of(part).encode("latin-1"))]
    for one in held:
        yield fields(one, DELIVERY, "Return-Path")


def _groups(part: Part) -> list[Part]:
    """Return the groups of fields of a report; of one that was broken, its text as one group."""
    blocks = text_of(part).split("\n\n")[:MOST_PARTS]
    return inside(part) or [parsed(block.encode("latin-1")) for block in blocks]


def _of_delivery(part: Part, about: str | None) -> Notice | None:
    """Return what a report of delivery says: a failure, an arrival, or nothing if it is late."""
    if about is None:
        return None
    actions = {field(one, "Action").lower().split(";")[0].strip(): one for one in _groups(part)}
    if "failed" in actions:
        group = actions["failed"]
        status = statuses.exact(field(group, "Status"), field(group, "Diagnostic-Code"))
        return Notice(statuses.bounce_kind(status), about, status)
    return Notice(statuses.DELIVERED, about) if "delivered" in actions else None


def _of_abuse(part: Part, about: str | None) -> Notice | None:
    types = {field(one, "Feedback-Type").lower() for one in _groups(part)}
    if about is None or not types & COMPLAINTS:
        return None
    return Notice(statuses.COMPLAINT, about)


def _is_automatic(message: Part) -> bool:
    """Tell whether a program answered for somebody (RFC 3834), also in the ways older than that."""
    submitted = field(message, "Auto-Submitted").lower()
    marked = "X-Autoreply" in message or "X-Autorespond" in message
    return (
        submitted.startswith("auto-replied")
        or marked
        or field(message, "Precedence").lower() == "auto_reply"
        or bool(AUTOMATIC.search(field(message, "Subject")))
    )


def _request(message: Part, to: str, seals: Seals) -> Notice | None:
    """Return a request to be taken off a list; the seal stands in the address or the subject."""
    about = seals.leaving(f"{to}\n{field(message, 'Subject')}")
    if about is None:
        return None
    # Whoever left and came back may leave again, so each such mail counts; one brought twice, once.
    name = field(message, "Message-ID") or field(message, "Date")
    return Notice(statuses.UNSUBSCRIBE, about, event_id=f"{about} {name}")


def _bounce(message: Part, whole: Sequence[Part], about: str | None) -> Notice | None:
    """Return what a bounce says that is no report, if it comes from a relay and not from a person.

    Only its beginning is read: what follows may be our own mail.
    """
    said = "\n".join(text_of(part) for part in whole[:3] if part.get_content_maintype() == "text")
    status = statuses.status_in(said)
    returned = field(message, "Return-Path").replace(" ", "") == "<>"
    is_bounce = bool(DAEMON.search(field(message, "From"))) or (returned and status)
    if about is None or not is_bounce or LATE.search(field(message, "Subject")):
        return None
    return Notice(statuses.bounce_kind(status), about, status)
