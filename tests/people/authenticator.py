"""An authenticator in software: makes a passkey and signs by it, as WebAuthn says (level 3, 6).

It lies on demand: another origin, another site, no owner known.
"""

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, KNOWN, MADE = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one passkey.

    Attributes:
        origin: The page that it believes to be on.
        knows_owner: Whether a finger or a PIN was asked for.
        count: How often it has signed; counts only if `counts`.
    """

    origin: str = "http://localhost"
    knows_owner: bool = True
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: bytes = b""

    def make(self, options: str) -> str:
        """Return a browser's answer to `navigator.credentials.create`, as JSON."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: _bytes(numbers.x), -3: _bytes(numbers.y)}
        made = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(asked["rp"]["id"], MADE) + made + encode_cbor(cose)
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def sign(self, options: str) -> str:
        """Return a browser's answer to `navigator.credentials.get`, as JSON."""
        asked = json.loads(options)
        self.count += self.counts
        data = self._data(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle,
        )

    def _data(self, host: str, flags: int) -> bytes:
        flags |= PRESENT | (KNOWN if self.knows_owner else 0)
        return sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        written: dict[str, Any] = {key: bytes_to_base64url(one) for key, one in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": written})


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")
