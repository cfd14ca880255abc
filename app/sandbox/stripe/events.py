"""Events as they are sent: whole, or only naming their object; and the signature on them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]
Form = Literal["thin", "snapshot"]

ADDRESSES = {
    "checkout.session": "checkout/sessions",
    "radar.early_fraud_warning": "radar/early_fraud_warnings",
}


def thin(event: Json) -> Json:
    """Return an event in the form that v2 destinations get: only what it is about."""
    about = event["data"]["object"]
    kind, object_id = about["object"], about["id"]
    moment = datetime.fromtimestamp(event["created"], UTC)
    return {
        "id": event["id"].replace("evt_", "evt_test_"),
        "object": "v2.core.event",
        "context": None,
        "created": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "livemode": False,
        "reason": None,
        "related_object": {
            "id": object_id,
            "type": kind,
            "url": f"/v1/{ADDRESSES.get(kind, kind + 's')}/{object_id}",
        },
        "type": f"v1.{event['type']}",
    }


def body_of(event: Json, form: Form) -> bytes:
    """Return the bytes that are POSTed."""
    return json.dumps(thin(event) if form == "thin" else event, indent=2).encode()


def signature(body: bytes, secret: str, moment: int) -> str:
    """Return the `Stripe-Signature` header: https://docs.stripe.com/webhooks#verify-manually."""
    signed = hmac.digest(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hex()}"
