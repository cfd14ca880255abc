"""Questions to DNS, answered in full or not at all: for a command that has time to wait."""

import ipaddress
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

SECONDS = 8.0
DNS_PORT = 53


class SilentError(Exception):
    """DNS does not answer, so nothing can be said."""


class Dns:
    """Asks one resolver, or the system's.

    Args:
        server: `host:port` of the resolver; empty for the system's.

    Raises:
        SilentError: From each question, if there is no answer to it.
    """

    def __init__(self, server: str = "") -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.exception.DNSException as error:
            raise SilentError("this machine names no resolver") from error
        if server:
            host, _, port = server.rpartition(":")
            self._resolver.nameservers = [host or server]
            self._resolver.port = int(port) if host else DNS_PORT

    def texts(self, name: str) -> list[str]:
        """Return each TXT record whole, its pieces joined without a space (RFC 7208, 3.3)."""
        found = self._ask(name, "TXT")
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found]

    def aliases(self, name: str) -> list[str]:
        """Return where a name is an alias to."""
        return [one.target.to_text(omit_final_dot=True) for one in self._ask(name, "CNAME")]

    def exchanges(self, name: str) -> list[str]:
        """Return the mail exchanges, most preferred first; a null one is empty (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda one: one.preference)
        return [one.exchange.to_text(omit_final_dot=True).rstrip(".") for one in found]

    def hosts(self, name: str) -> list[str]:
        """Return the IP addresses of a host."""
        return [one.address for kind in ("A", "AAAA") for one in self._ask(name, kind)]

    def names(self, address: str) -> list[str]:
        """Return the host names that an IP address goes by."""
        reverse = dns.reversename.from_address(address).to_text()
        return [one.target.to_text(omit_final_dot=True) for one in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> list:  # type: ignore[type-arg] # a record of each kind
        try:
            answer = self._resolver.resolve(
                dns.name.from_text(name),
                kind,
                lifetime=SECONDS,
                raise_on_no_answer=False,
                search=False,
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise SilentError(f"no answer about {name} {kind}") from error
        return list(answer.rrset or ())


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of one thing.

    Attributes:
        topic: Like `SPF`.
        state: `found`, `missing`, `wrong`, or `advice` for what works and could be better.
        sentence: In words.
        record: What to add or to change it to, whole; empty if nothing is to be done in DNS.
    """

    topic: str
    state: str
    sentence: str
    record: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return self.state in {FOUND, ADVICE}


FOUND, MISSING, WRONG, ADVICE = "found", "missing", "wrong", "advice"


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
