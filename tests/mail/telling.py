"""What mail providers post, signed with keys of our own making."""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.mail.mailgun import signature_of
from app.mail.ses import signed_text

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abcdef"
MAILGUN_KEY = "key-of-mailgun-for-tests"
POSTMARK_LOGIN = "postmark:a-password-for-tests-alone"


@cache
def rsa_key(name: str = "amazon", size: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, the same for each name."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


def certificate(key: rsa.RSAPrivateKey, *, days: int = 30) -> bytes:
    """Return a certificate of a key, which runs out after so many days."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begun = datetime.now(UTC) - timedelta(days=100)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=100 + days))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def sns(told: Any, *, version: str = "2", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
    """Return a message of SNS about a notification of SES, signed after these changes."""
    message = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": json.dumps(told),
        "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
        **changes,
    }
    return signed({name: one for name, one in message.items() if one is not None})


def signed(message: dict[str, Any], key: rsa.RSAPrivateKey | None = None) -> dict[str, Any]:
    """Return a message with its signature."""
    kind = SHA1() if message["SignatureVersion"] == "1" else SHA256()  # noqa: S303 - Amazon's own
    made = (key or rsa_key()).sign(signed_text(message), PKCS1v15(), kind)
    return {**message, "Signature": base64.b64encode(made).decode()}


def ses_bounce(source: str, kind: str = "Permanent", **recipient: str) -> dict[str, Any]:
    """Return SES's word of a bounce."""
    told = {"emailAddress": "victim@post.example", "action": "failed", **recipient}
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [told],
            "timestamp": "2026-11-20T14:59:38.237Z",
        },
        "mail": {"source": source, "messageId": "000001-ses"},
    }


def postmark(seal: str, what: str = "Bounce", **values: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return Postmark's word of a mail."""
    return {
        "RecordType": what,
        "ID": 42,
        "Type": "HardBounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "victim@post.example",
        "BouncedAt": "2026-11-20T13:28:10.2735393-04:00",
        "Metadata": {"delivery": seal},
        **values,
    }


def mailgun(message_id: str, event: str = "failed", **values: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return Mailgun's word of a mail, without its signature."""
    return {
        "event": event,
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1795100000.5,
        "recipient": "victim@post.example",
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
        "message": {"headers": {"message-id": f"{message_id}@test.example"}},
        **values,
    }


def mailgun_signed(
    event: dict[str, Any],
    token: str = "token",  # noqa: S107 - made up
    *,
    at: datetime | None = None,
    key: str = MAILGUN_KEY,
) -> dict[str, Any]:
    """Return Mailgun's word of a mail with its signature."""
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    signature = {"timestamp": stamp, "token": token, "signature": signature_of(key, stamp, token)}
    return {"signature": signature, "event-data": event}
