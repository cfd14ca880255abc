"""Whether DNS says of a sending domain what mailbox providers ask for, in words.

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX, and the names of the relay's addresses.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dns.exception
import dns.name

from app.mail.asking_dns import ADVICE, FOUND, MISSING, WRONG, Dns, Finding, is_address
from app.mail.certificates import rsa_bits
from app.mail.spf import check_spf

SMALLEST_KEY = 2048
DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
POLICIES = frozenset({"none", "quarantine", "reject"})
TAG = re.compile(r"\s*([a-z][a-z0-9]*)\s*=\s*([^;]*?)\s*(?:;|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be checked.

    Attributes:
        domain: That of the senders' addresses, in ASCII.
        selectors: Of DKIM keys; none if they are not known.
        relay: Host that mail leaves from, or empty.
        addresses: IP addresses that mail leaves from, besides the relay's own.
        sender: Domain of `UNWALLED_MAIL_FROM`, in ASCII.
    """

    domain: str
    selectors: Sequence[str]
    relay: str
    addresses: Sequence[str]
    sender: str


def ascii_domain(text: str) -> str:
    """Return a domain as DNS has it (RFC 5890).

    Raises:
        ValueError: It is none.
    """
    try:
        found = dns.name.from_unicode(
            text.strip().rstrip("."), idna_codec=dns.name.IDNA_2008_UTS_46
        )
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(text) from error
    name = found.to_text(omit_final_dot=True).lower()
    if not DOMAIN.fullmatch(name) or is_address(name):
        raise ValueError(text)
    return name


def check(dns: Dns, question: Question) -> list[Finding]:
    """Return what is to be said, in the order in which it is best mended.

    Raises:
        SilentError: DNS does not answer.
    """
    leaving = [*question.addresses, *(_hosts(dns, question.relay))]
    return [
        *check_spf(dns, question.domain, sorted(set(leaving))),
        *_dkim(dns, question),
        *_dmarc(dns, question.domain),
        *_mx(dns, question.domain),
        *_names(dns, sorted(set(leaving))),
        *_alignment(question),
    ]


def _hosts(dns: Dns, relay: str) -> list[str]:
    if not relay:
        return []
    return [relay] if is_address(relay) else dns.hosts(relay)


def tags_of(record: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record (RFC 6376, 3.2)."""
    return {name.lower(): value for name, value in TAG.findall(record)}


def _dkim(dns: Dns, question: Question) -> Iterator[Finding]:
    if not question.selectors:
        yield Finding(
            "DKIM",
            MISSING,
            "Which key signs was not said: add --selector NAME, as your relay names it.",
        )
    for selector in question.selectors:
        yield _of_key(dns, f"{selector}._domainkey.{question.domain}")


def _of_key(dns: Dns, name: str) -> Finding:
    aliases = dns.aliases(name)
    through = f" (through {aliases[0]})" if aliases else ""
    records = [one for one in dns.texts(name) if "p" in tags_of(one)]
    if not records:
        record = f'{name}. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"'
        where = f"{name} leads to {aliases[0]}, where no key is" if aliases else f"No key at {name}"
        return Finding("DKIM", MISSING, f"{where}: make one of {SMALLEST_KEY} bits.", record)
    if len(records) > 1:
        return Finding("DKIM", WRONG, f"{name} has {len(records)} keys: leave the one in use.")
    return _of_tags(name, tags_of(records[0]), through)


def _of_tags(name: str, tags: dict[str, str], through: str) -> Finding:
    key = re.sub(r"\s", "", tags["p"])
    if not key:
        return Finding("DKIM", WRONG, f"The key at {name} was taken back: sign with another.")
    if tags.get("k", "rsa").lower() != "rsa":
        return Finding("DKIM", FOUND, f"A key of the kind {tags['k']} at {name}{through}.")
    try:
        bits = rsa_bits(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return Finding("DKIM", WRONG, f"What is at {name} is no key: copy it whole.")
    if bits < SMALLEST_KEY:
        said = f"The key at {name}{through} has {bits} bits: make one of {SMALLEST_KEY}."
        return Finding("DKIM", WRONG, said, f'{name}. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"')
    testing = "y" in tags.get("t", "").lower().split(":")
    if testing:
        return Finding("DKIM", ADVICE, f"The key at {name} says t=y, for tests: take that out.")
    return Finding("DKIM", FOUND, f"A key of {bits} bits at {name}{through}.")


def _dmarc(dns: Dns, domain: str) -> Iterator[Finding]:
    name, found = f"_dmarc.{domain}", _dmarc_records(dns, f"_dmarc.{domain}")
    parent = domain.partition(".")[2]
    while not found and "." in parent:
        name, found = f"_dmarc.{parent}", _dmarc_records(dns, f"_dmarc.{parent}")
        parent = parent.partition(".")[2]
    proposed = f'_dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    if not found:
        yield Finding("DMARC", MISSING, f"No policy at _dmarc.{domain}.", proposed)
    elif len(found) > 1:
        yield Finding("DMARC", WRONG, f"{name} has {len(found)} policies, and so none: leave one.")
    else:
        yield _of_policy(name, found[0], proposed)


def _dmarc_records(dns: Dns, name: str) -> list[str]:
    return [one for one in dns.texts(name) if one.lower().replace(" ", "").startswith("v=dmarc1")]


def _of_policy(name: str, record: str, proposed: str) -> Finding:
    tags = tags_of(record)
    policy = tags.get("p", "").lower()
    if policy not in POLICIES:
        return Finding(
            "DMARC", WRONG, f"The policy at {name} is none of none, quarantine, reject.", proposed
        )
    if policy == "none":
        better = re.sub(r"(?i)\bp\s*=\s*none", "p=quarantine", record)
        said = (
            f"The policy at {name} is none: it watches and stops nobody. Once its reports show "
            "only your own mail, ask for quarantine."
        )
        return Finding("DMARC", ADVICE, said, f'{name}. TXT "{better}"')
    return Finding("DMARC", FOUND, f"The policy at {name} is {policy}.")


def _mx(dns: Dns, domain: str) -> Iterator[Finding]:
    exchanges = dns.exchanges(domain)
    proposed = f"{domain}. MX 10 mail.{domain}."
    if not exchanges:
        yield Finding("MX", MISSING, f"{domain} takes no mail, so nobody can answer.", proposed)
    elif not exchanges[0]:
        yield Finding("MX", WRONG, f"{domain} says that it takes no mail at all.", proposed)
    else:
        dead = [one for one in exchanges if one and not dns.hosts(one)]
        for one in dead:
            yield Finding("MX", WRONG, f"The exchange {one} has no address: mend or remove it.")
        if not dead:
            yield Finding("MX", FOUND, f"Mail goes to {', '.join(exchanges)}.")


def _names(dns: Dns, addresses: Sequence[str]) -> Iterator[Finding]:
    for address in addresses:
        yield from _ptr(dns, address)
    if not addresses:
        said = (
            "Where mail leaves from is not known: name its addresses by --ip to have them checked."
        )
        yield Finding("PTR", ADVICE, said)


def _ptr(dns: Dns, address: str) -> Iterator[Finding]:
    names = dns.names(address)
    right = [one for one in names if address in dns.hosts(one)]
    if right:
        yield Finding("PTR", FOUND, f"{address} is {right[0]}, and {right[0]} is {address}.")
    elif names:
        said = f"{address} is called {names[0]}, but {names[0]} has another address."
        kind = "AAAA" if ":" in address else "A"
        yield Finding("PTR", WRONG, said, f"{names[0]}. {kind} {address}")
    else:
        said = f"{address} has no name: whoever gave you the address can give it one."
        yield Finding("PTR", MISSING, said)


def _alignment(question: Question) -> Iterator[Finding]:
    """Say whether our sender is at the domain, which DMARC asks for (RFC 7489, 3.1)."""
    sender, domain = question.sender, question.domain
    if sender == domain or sender.endswith(f".{domain}") or domain.endswith(f".{sender}"):
        yield Finding("Sender", FOUND, f"UNWALLED_MAIL_FROM is at {sender}.")
    else:
        said = f"UNWALLED_MAIL_FROM is at {sender}, and what {domain} says does not count for it."
        yield Finding("Sender", WRONG, f"{said} Check that domain, or send from this one.")
