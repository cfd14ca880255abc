"""What Mailgun tells. It signs a moment and a token, but not what it tells.

So a token counts once, whatever came with it: who has seen one signature can do nothing with it.
https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks
"""

import hmac
import re
from datetime import UTC, datetime, timedelta

from app.core.settings import Settings
from app.core.tokens import equal
from app.mail import statuses
from app.mail.events import Notice
from app.mail.message import domain_of
from app.mail.telling import ForgedError, Json, inside, read_json, text

OLDEST = timedelta(hours=12)  # Mailgun tries for eight
AHEAD = timedelta(minutes=15)
SUPPRESSED = 605
MESSAGE_ID = re.compile(r"<?([0-9a-f]{32})@([^@<>\s]+)>?")


def read_mailgun(settings: Settings, body: bytes, now: datetime) -> list[Notice]:
    """Return what a webhook of Mailgun's tells; the token makes its name.

    Raises:
        RefusedError: It is not Mailgun's, is too old, or not JSON.
    """
    told = read_json(body)
    signature = inside(told, "signature")
    token = text(signature, "token")
    _check(settings, signature, token, now)
    event = inside(told, "event-data")
    about = _about(settings, event) or ""
    kind, status = _kind(event) if about else (statuses.OTHER, "")
    return [Notice(kind, about, status, token, _moment(text(event, "timestamp")))]


def signature_of(key: str, timestamp: str, token: str) -> str:
    """Return what Mailgun signs a moment and a token with, in hex."""
    return hmac.digest(key.encode(), f"{timestamp}{token}".encode(), "sha256").hex()


def _check(settings: Settings, signature: Json, token: str, now: datetime) -> None:
    stamp = text(signature, "timestamp")
    right = signature_of(settings.mailgun_key, stamp, token)
    if not token or not equal(right, text(signature, "signature")):
        raise ForgedError("signed wrongly")
    sent = _moment(stamp)
    if sent is None or not now - OLDEST < sent < now + AHEAD:
        raise ForgedError("of another time")


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _about(settings: Settings, event: Json) -> str | None:
    headers = inside(event, "message", "headers")
    found = MESSAGE_ID.fullmatch(text(headers, "message-id"))
    is_ours = found is not None and found[2].lower() == domain_of(settings.mail_from).lower()
    return found[1] if found is not None and is_ours else None


def _kind(event: Json) -> tuple[str, str]:
    what = text(event, "event")
    if what == "complained":
        return statuses.COMPLAINT, ""
    if what == "delivered":
        return statuses.DELIVERED, ""
    if what == "failed" and text(event, "severity") == "permanent":
        return _bounce(event)
    return statuses.OTHER, ""


def _bounce(event: Json) -> tuple[str, str]:
    reason, told = text(event, "reason"), inside(event, "delivery-status")
    said = f"{text(told, 'message')} {text(told, 'description')}"
    status = statuses.exact(text(told, "enhanced-code"), said)
    if reason == "suppress-complaint":
        return statuses.COMPLAINT, status
    if reason == "suppress-bounce" or text(told, "code") == str(SUPPRESSED):
        return statuses.HARD, status
    if reason.startswith("suppress-"):
        return statuses.OTHER, status
    return statuses.bounce_kind(status), status
