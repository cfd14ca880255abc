"""Whether a domain takes mail at all, as far as DNS says so in time.

Only a clear answer refuses: no such domain, a null MX (RFC 7505), or neither MX nor address
(RFC 5321, 5.1). A resolver that is slow, broken or absent never costs a reader their sign-up.
"""

import threading
import time
from collections import OrderedDict
from typing import Any

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver

from app.core.settings import Settings
from app.newsletters.typos import KNOWN

PATIENCE_SECONDS = 0.9
KEPT_SECONDS = 600.0
UNSURE_SECONDS = 30.0
MOST_KEPT = 4096
MOST_AT_ONCE = 4
DNS_PORT = 53


class Mailboxes:
    """Asks DNS about domains and remembers what it said.

    At most `MOST_AT_ONCE` questions wait at a time; beyond that a domain passes unasked, so that
    somebody's slow name server cannot occupy the site.
    """

    def __init__(self, server: str = "") -> None:
        self._server = server
        self._kept: OrderedDict[str, tuple[bool, float]] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    def accept(self, domain: str) -> bool:
        """Tell whether mail to `domain` (in ASCII) may be tried; asks for at most a second."""
        if domain in KNOWN:
            return True
        with self._lock:
            answer, until = self._kept.get(domain, (True, 0.0))
        if until > time.monotonic():
            return answer
        if not self._room.acquire(blocking=False):
            return True
        try:
            found = self._ask(domain)
        finally:
            self._room.release()
        self._keep(domain, found)
        return found is not False

    def _keep(self, domain: str, found: bool | None) -> None:  # noqa: FBT001 - three answers
        seconds = UNSURE_SECONDS if found is None else KEPT_SECONDS
        with self._lock:
            self._kept[domain] = (found is not False, time.monotonic() + seconds)
            self._kept.move_to_end(domain)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _ask(self, domain: str) -> bool | None:
        """Return what DNS says, None if it says nothing in time."""
        until = time.monotonic() + PATIENCE_SECONDS
        try:
            resolver = self._resolver()
            name = dns.name.from_text(domain)
            exchanges = self._records(resolver, name, "MX", until)
            if exchanges:
                return any(one.exchange != dns.name.root for one in exchanges)
            return any(self._records(resolver, name, kind, until) for kind in ("A", "AAAA"))
        except dns.resolver.NXDOMAIN:
            return False
        except (dns.exception.DNSException, OSError, ValueError):
            return None

    def _resolver(self) -> dns.resolver.Resolver:
        if not self._server:
            return dns.resolver.Resolver()
        host, _, port = self._server.rpartition(":")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [host or self._server]
        resolver.port = int(port) if host else DNS_PORT
        return resolver

    @staticmethod
    def _records(
        resolver: dns.resolver.Resolver, name: dns.name.Name, kind: str, until: float
    ) -> list[Any]:
        left = until - time.monotonic()
        if left <= 0:
            raise dns.exception.Timeout
        answer = resolver.resolve(name, kind, lifetime=left, raise_on_no_answer=False, search=False)
        return list(answer.rrset or ())


def mailboxes_for(settings: Settings) -> Mailboxes | None:
    """Return what asks DNS under these settings, or None if nothing does."""
    return Mailboxes(settings.address_dns_server) if settings.address_dns else None
