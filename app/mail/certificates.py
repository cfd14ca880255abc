"""Keys of others: the certificates that Amazon SNS signs with, and how long a DKIM key is.

What is asked of Amazon's servers is asked here.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
import threading
import urllib.error
import urllib.request
from collections import OrderedDict
from datetime import datetime
from http.client import HTTPException
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.mail.telling import ForgedError, LaterError

# A region has to stand there, like us-gov-west-1: `sns.s3.amazonaws.com` is a bucket of anybody's.
SERVER = r"https://sns\.[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}\.amazonaws\.com(?:\.cn)?"
CERTIFICATE = re.compile(SERVER + r"/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem")
SUBSCRIBING = re.compile(SERVER + r"/\?Action=ConfirmSubscription&[A-Za-z0-9:;&=%_.~-]{1,2000}")
HASHES = {"1": SHA1, "2": SHA256}  # SHA-1 is Amazon's default until the topic says otherwise
SMALLEST_KEY = 2048
LARGEST = 64 * 1024
SECONDS = 5.0
MOST_KEPT = 8


def rsa_bits(key: bytes) -> int:
    """Return how long an RSA public key is, given in DER.

    Raises:
        ValueError: It is none.
    """
    try:
        found = load_der_public_key(key)
    except UnsupportedAlgorithm as error:
        raise ValueError("no key that we know") from error
    if not isinstance(found, RSAPublicKey):
        raise ValueError("no RSA key")  # noqa: TRY004 - what was read is wrong, not its type
    return found.key_size


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kw: Any) -> None:  # noqa: ANN401 - urllib's hook
        return None


def fetch(url: str) -> bytes:
    """Return what an address of Amazon's gives, over TLS, without being led elsewhere.

    Raises:
        LaterError: It does not answer.
    """
    try:
        opener = urllib.request.build_opener(_NoRedirects)
        with opener.open(url, timeout=SECONDS) as answer:
            content: bytes = answer.read(LARGEST)
            return content
    except (OSError, HTTPException) as error:
        raise LaterError("Amazon SNS does not answer") from error


class Certificates:
    """Those in use, each fetched once; one question at a time, so that nobody can occupy us."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, x509.Certificate] = OrderedDict()
        self._asking = threading.Lock()

    def check(self, url: str, signed: bytes, signature: bytes, version: str, now: datetime) -> None:
        """Check a signature by the certificate at an address.

        Raises:
            ForgedError: The address is none of Amazon's, or the signature is not right.
            LaterError: The certificate cannot be had just now.
        """
        chosen = HASHES.get(version)
        if chosen is None or not CERTIFICATE.fullmatch(url):
            raise ForgedError("signed in a way that is not Amazon's")
        certificate = self._get(url)
        key = certificate.public_key()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise ForgedError("signed with a certificate that has run out")
        if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY:
            raise ForgedError("signed with a key that is not Amazon's")
        try:
            key.verify(signature, signed, PKCS1v15(), chosen())
        except InvalidSignature as error:
            raise ForgedError("signed wrongly") from error

    def _get(self, url: str) -> x509.Certificate:
        kept = self._kept.get(url)
        if kept is not None:
            return kept
        if not self._asking.acquire(blocking=False):
            raise LaterError("another certificate is being fetched")
        try:
            self._kept[url] = found = x509.load_pem_x509_certificate(fetch(url))
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        except ValueError as error:
            raise ForgedError("signed with what is no certificate") from error
        finally:
            self._asking.release()
        return found
