"""What Amazon SES tells by Amazon SNS, which signs it.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import base64
import binascii
from datetime import datetime, timedelta

from app.core.settings import Settings
from app.mail import certificates, statuses
from app.mail.certificates import SUBSCRIBING, Certificates
from app.mail.events import Notice
from app.mail.message import DELIVERY
from app.mail.seals import delivery_in
from app.mail.telling import ForgedError, Json, inside, moment, read_json, text

OLDEST = timedelta(days=30)  # Amazon tries for at most 23 days
AHEAD = timedelta(hours=1)
NOTIFICATION, SUBSCRIPTION = "Notification", "SubscriptionConfirmation"
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_OF_SUBSCRIPTION = (
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip
PERMANENT = "Permanent"
GONE = frozenset({"NoEmail", "Suppressed", "OnAccountSuppressionList"})


def read_ses(settings: Settings, keys: Certificates, body: bytes, now: datetime) -> list[Notice]:
    """Return what a message of SNS tells; of a topic that asks whether we want it, say yes.

    Raises:
        RefusedError: It is not Amazon's, not of our topics, or too old to be believed.
        LaterError: Amazon does not answer just now.
    """
    message = read_json(body)
    _check(settings, keys, message, now)
    if text(message, "Type") == SUBSCRIPTION:
        _subscribe(message)
    if text(message, "Type") != NOTIFICATION:
        return []
    return _notices(settings, read_json(message["Message"]), text(message, "MessageId"))


def signed_text(message: Json) -> bytes:
    """Return what Amazon signs of a message: names and values, each on a line of its own."""
    is_notification = message.get("Type") == NOTIFICATION
    names = SIGNED if is_notification else SIGNED_OF_SUBSCRIPTION
    pairs = [(name, message[name]) for name in names if isinstance(message.get(name), str)]
    return "".join(f"{name}\n{value}\n" for name, value in pairs).encode(errors="replace")


def _check(settings: Settings, keys: Certificates, message: Json, now: datetime) -> None:
    if text(message, "TopicArn") not in settings.ses_topics:
        raise ForgedError("of another topic")
    sent = moment(text(message, "Timestamp"))
    if sent is None or not now - OLDEST < sent < now + AHEAD:
        raise ForgedError("of another time")
    if text(message, "Type") == NOTIFICATION and not isinstance(message.get("Message"), str):
        raise ForgedError("without a message")
    try:
        signature = base64.b64decode(text(message, "Signature"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ForgedError("signed wrongly") from error
    url, version = text(message, "SigningCertURL"), text(message, "SignatureVersion")
    keys.check(url, signed_text(message), signature, version, now)


def _subscribe(message: Json) -> None:
    """Tell Amazon that we want the topic, at an address of Amazon's and nowhere else."""
    url = text(message, "SubscribeURL")
    if not SUBSCRIBING.fullmatch(url):
        raise ForgedError("leads elsewhere")
    certificates.fetch(url)


def _notices(settings: Settings, told: Json, name: str) -> list[Notice]:
    about = _about(settings, inside(told, "mail"))
    if about is None:
        return []
    what = text(told, "notificationType") or text(told, "eventType")
    part = inside(told, what.lower())
    kind, status = _kind(what, part)
    at = moment(text(part, "timestamp"))
    return [Notice(kind, about, status, name, at)] if kind else []


def _about(settings: Settings, mail: Json) -> str | None:
    """Return the mail: by its return path, else by our header, if the topic includes headers."""
    headers = mail.get("headers")
    ours = [
        text(one, "value")
        for one in (headers if isinstance(headers, list) else [])
        if isinstance(one, dict) and text(one, "name").lower() == DELIVERY.lower()
    ]
    return delivery_in(settings, "\n".join((text(mail, "source"), *ours)))


def _kind(what: str, part: Json) -> tuple[str, str]:
    if what == "Complaint":
        is_spam = text(part, "complaintFeedbackType") != "not-spam"
        return (statuses.COMPLAINT, "") if is_spam else ("", "")
    if what == "Delivery":
        return statuses.DELIVERED, ""
    return _bounce(part) if what == "Bounce" else ("", "")


def _bounce(part: Json) -> tuple[str, str]:
    recipients = part.get("bouncedRecipients")
    first = recipients[0] if isinstance(recipients, list) and recipients else {}
    told = first if isinstance(first, dict) else {}
    status = statuses.exact(text(told, "status"), text(told, "diagnosticCode"))
    if text(part, "bounceType") == PERMANENT and text(part, "bounceSubType") in GONE:
        return statuses.HARD, status
    return statuses.bounce_kind(status), status
