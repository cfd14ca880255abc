"""Where a request comes from, as a keyed hash: enough for a cap, too little to find anyone."""

import ipaddress
from functools import lru_cache

from app.core.tokens import keyed_hash


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return the network that an address stands for: itself in IPv4, its /64 in IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def network_hash(key: str, address: str | None) -> str:
    """Return the keyed hash of the network that `address` belongs to."""
    return keyed_hash(key, "network", network_of(address or ""))
