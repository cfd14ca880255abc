"""Reading what comes to the webhook: who signed it, when, and what it is about.

Thin events (of v2 event destinations) and snapshots are taken alike: of a snapshot too, only what
it is about is read (https://docs.stripe.com/event-destinations). Stripe's own checks let future
timestamps through, and some bodies raise before anything is authenticated; here everything that
is wrong is one error.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from app.payments.gateway import EventSeen, UnreadableEventError

TOLERANCE = timedelta(seconds=300)
AN_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
A_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{0,64}")
WRONG = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    OSError,
)


def read_event(body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> EventSeen:
    """Return the event that a request to the webhook carries.

    Args:
        body: As it came, not decoded.
        signature: The `Stripe-Signature` header, or empty.
        secrets: The endpoint's; two while they are rotated.
        now: The clock that signing is measured by.

    Raises:
        UnreadableEventError: Not signed with one of the secrets, more than 300 s ago or ahead, or
            not an event.
    """
    try:
        _verify(body, signature, secrets)
        _refuse_other_times(signature, now)
        return _event(json.loads(body))
    except stripe.SignatureVerificationError as error:
        raise UnreadableEventError("The signature is none of ours.") from error
    except WRONG as error:
        raise UnreadableEventError("The body or the signature cannot be read.") from error


def _verify(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    refusal: Exception = UnreadableEventError("There is no secret to hold the signature against.")
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret)
        except stripe.SignatureVerificationError as error:
            refusal = error
        else:
            return
    raise refusal


def _refuse_other_times(signature: str, now: datetime) -> None:
    """Refuse what was signed long ago, or is said to be signed later than now."""
    parts = (part.partition("=") for part in signature.split(","))
    signed = next(int(value) for name, _, value in parts if name == "t")
    if abs(signed - int(now.timestamp())) > TOLERANCE.total_seconds():
        raise UnreadableEventError("The signature is not of this moment.")


def _event(values: Mapping[str, Any]) -> EventSeen:
    if values["object"] == "v2.core.event":
        return _thin(values)
    if values["object"] == "event":
        return snapshot(values)
    raise UnreadableEventError("The body is no event.")


def _thin(values: Mapping[str, Any]) -> EventSeen:
    about = values.get("related_object") or {}
    return _seen(values, datetime.fromisoformat(values["created"]), about.get("type"), about)


def snapshot(values: Mapping[str, Any]) -> EventSeen:
    """Return a v1 event as we see it; only what it is about is read."""
    about = values["data"]["object"]
    created = datetime.fromtimestamp(values["created"], UTC)
    return _seen(values, created, about.get("object"), about)


def _seen(
    values: Mapping[str, Any], created: datetime, kind: object, about: Mapping[str, Any]
) -> EventSeen:
    if created.tzinfo is None:
        raise UnreadableEventError("The event's time is of no zone.")
    named = about.get("id") is not None
    event = EventSeen(
        id=values["id"],
        type=values["type"],
        object_kind=str(kind or "") if named else "",
        object_id=about["id"] if named else "",
        created_at=created.astimezone(UTC),
        live=values["livemode"],
    )
    if not _holds(event):
        raise UnreadableEventError("The event's own words are not of the right kind.")
    return event


def _holds(event: EventSeen) -> bool:
    """Tell whether an event's words are what names are made of, and fit where they are kept."""
    texts = (event.id, event.type, event.object_id, event.object_kind)
    if not all(isinstance(text, str) for text in texts) or not isinstance(event.live, bool):
        return False
    ids = [event.id, event.object_id] if event.object_id else [event.id]
    return all(map(AN_ID.fullmatch, ids)) and all(
        A_NAME.fullmatch(name) for name in (event.type, event.object_kind)
    )
