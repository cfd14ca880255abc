"""Posts to other people's servers: to public addresses alone, once, within limits (SSRF).

A name is resolved once, and the connection goes to that very address, so that a name which means
something else a moment later leads nowhere. Redirects are not followed. `http.client` is enough
for this, and lets us hold one time limit over all that a server does.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from app.core.errors import UnwalledError

LONGEST_URL = 500
LONGEST_ANSWER = 1024
PORTS = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = tuple[socket.AddressFamily, str, int]


class NotSentError(UnwalledError):
    """A post brought no answer; the message says why, in a few words."""


class NotAllowedError(NotSentError):
    """We do not post there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: Of HTTP.
        body: Its first bytes.
        retry_after: The header, or empty.
    """

    status: int
    body: bytes
    retry_after: str


def check_url(url: str, *, private: bool) -> SplitResult:
    """Return the parts of an address that we may post to.

    Args:
        url: Absolute.
        private: http and addresses that are not public are allowed.

    Raises:
        NotAllowedError: With a sentence that says what it has to be.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowedError("That is no web address.") from error
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        raise NotAllowedError(f"An address is at most {LONGEST_URL} signs of ASCII, no spaces.")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise NotAllowedError("The address has to begin with https://.")
    if not parts.hostname or "@" in parts.netloc or parts.fragment or port == 0:
        raise NotAllowedError("An address has a host, and neither a user nor a fragment.")
    return parts


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, private: bool, seconds: float
) -> Answer:
    """Post a body, and return what was answered within the time; to look the name up comes on top.

    Raises:
        NotAllowedError: We do not post there, or the name leads to an address that is not public.
        NotSentError: There was no whole answer.
    """
    parts = check_url(url, private=private)
    family, host, port = _address(parts, private=private)
    until = time.monotonic() + seconds
    try:
        with socket.socket(family, socket.SOCK_STREAM) as plain:
            plain.settimeout(seconds)
            plain.connect((host, port))
            with _secured(plain, parts, until) as opened:
                return _ask(_Timed(opened, until), parts, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSentError(_why(error)) from error


def _address(parts: SplitResult, *, private: bool) -> Address:
    """Resolve a name, once; every address that it has must be one that we may go to."""
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSentError("the name is not known") from error
    if not private and not all(is_public(str(one[4][0])) for one in found):
        raise NotAllowedError("the name leads to an address that is not public")
    family, _kind, _protocol, _name, place = found[0]
    return family, str(place[0]), port


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public internet, whatever it is wrapped in."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        wrapped = address.sixtofour or address.teredo or address in NAT64
        if wrapped or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _secured(plain: socket.socket, parts: SplitResult, until: float) -> socket.socket:
    if parts.scheme == "http":
        return plain
    plain.settimeout(max(0.01, until - time.monotonic()))
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=parts.hostname)


def _ask(timed: "_Timed", parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(parts.netloc)
    connection.sock = timed
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", path, body, {**headers, "Connection": "close"})
    answer = connection.getresponse()
    return Answer(answer.status, answer.read(LONGEST_ANSWER), answer.getheader("Retry-After", ""))


class _Timed(io.RawIOBase):
    """A socket all of whose calls together have until then."""

    def __init__(self, inner: socket.socket, until: float) -> None:
        self._inner = inner
        self._until = until

    def sendall(self, data: bytes) -> None:
        """Send all of it in time."""
        self._hurry()
        self._inner.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what an answer is read from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Say that an answer is read from it."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as its base has it
        """Read what has come."""
        self._hurry()
        return self._inner.recv_into(buffer)

    def close(self) -> None:
        """Stay open: the library lets go of it before the answer has been read."""

    def _hurry(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._inner.settimeout(left)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    if isinstance(error, ConnectionError | http.client.HTTPException):
        return "the connection broke off"
    return f"no connection ({type(error).__name__})"
