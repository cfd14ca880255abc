"""Signatures of webhooks, by the Standard Webhooks specification (standardwebhooks.com, 1.0).

Secrets are not stored: they follow from a random name in the endpoint's row and the permanent key.
"""

import base64
import hmac
from datetime import datetime

from app.core.settings import Settings
from app.core.tokens import keyed_hash

PREFIX = "whsec_"


def secret_of(settings: Settings, name: str) -> str:
    """Return the secret that a name stands for, as receivers configure it."""
    raw = bytes.fromhex(keyed_hash(settings.permanent_key, "webhook", name))
    return PREFIX + base64.b64encode(raw).decode()


def signature(secret: str, message_id: str, moment: datetime, body: bytes) -> str:
    """Return one signature: its version, and the HMAC-SHA-256 of id, time and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(moment.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def signed_headers(
    secrets: list[str], message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """Return the headers of a message; while a secret is being replaced, signed with both."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(
            signature(secret, message_id, moment, body) for secret in secrets
        ),
    }
