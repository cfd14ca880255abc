"""Origins of other sites: how staff may write them, and the one way in which browsers do."""

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

from app.core.errors import OperatorError

USUAL_PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
LONGEST_HOST = 253


def read_origin(text: str, *, plain: bool = False) -> str:
    """Return an origin as browsers send it (RFC 6454, 6.2): lower case, no usual port.

    Args:
        text: As an operator wrote it: `https://host[:port]`, the host in ASCII.
        plain: Sites without TLS are taken, as on a laptop.

    Raises:
        OperatorError: It is no origin, or one that anybody on the way could pose as.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = _host(parts), parts.port
    except ValueError as error:
        raise OperatorError(
            f"{text} is no origin: write it like https://partner.org, in ASCII."
        ) from error
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise OperatorError(f"{text} is more than an origin: leave out what follows the host.")
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        raise OperatorError(f"{text} is not https://: anybody on the way could pose as that site.")
    usual = port is None or port == USUAL_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def _host(parts: SplitResult) -> str:
    """Return the host; raise ValueError if it is none that a browser would send."""
    host = parts.hostname or ""
    if ":" in host:
        return f"[{IPv6Address(host)}]"
    if not NAME.fullmatch(host) or len(host) > LONGEST_HOST:
        raise ValueError(host)
    return host
