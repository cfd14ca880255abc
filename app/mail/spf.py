"""SPF: who may send for a domain (RFC 7208), read as a receiver reads it."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.mail.asking_dns import ADVICE, FOUND, MISSING, WRONG, Dns, Finding

TOPIC = "SPF"
VERSION = "v=spf1"
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4
ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})
STRICT = frozenset({"-all", "~all"})


@dataclass
class _Walk:
    """What was met on the way through a record and those it includes."""

    lookups: int = 0
    missing: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)


def check_spf(dns: Dns, domain: str, addresses: Sequence[str]) -> Iterator[Finding]:
    """Yield what is to be said of a domain's SPF.

    Args:
        dns: Asked.
        domain: In ASCII.
        addresses: From which mail leaves, as far as that is known.
    """
    records = [one for one in dns.texts(domain) if _is_spf(one)]
    if not records:
        yield Finding(
            TOPIC,
            MISSING,
            f"{domain} does not say who may send for it.",
            _proposed(domain, addresses),
        )
        return
    if len(records) > 1:
        yield Finding(
            TOPIC,
            WRONG,
            f"{domain} has {len(records)} SPF records, and receivers then take none of them: "
            "make them one.",
            f'{domain}. TXT "{_joined(records)}"',
        )
        return
    yield from _of_record(dns, domain, records[0], addresses)


def _is_spf(text: str) -> bool:
    return text.lower() == VERSION or text.lower().startswith(f"{VERSION} ")


def _proposed(domain: str, addresses: Sequence[str]) -> str:
    own = " ".join(_mechanism(one) for one in addresses) or "mx"
    return f'{domain}. TXT "{VERSION} {own} ~all"'


def _mechanism(address: str) -> str:
    return f"ip{ipaddress.ip_address(address).version}:{address}"


def _joined(records: Sequence[str]) -> str:
    """Return several records as one, each mechanism once, the strictest end."""
    terms = [term for one in records for term in one.split()[1:]]
    ends = [term for term in terms if term.lower().lstrip("+-~?") == "all"]
    others = dict.fromkeys(term for term in terms if term not in ends)
    end = next((one for one in ("-all", "~all") if one in ends), "~all")
    return " ".join((VERSION, *others, end))


def _of_record(dns: Dns, domain: str, record: str, addresses: Sequence[str]) -> Iterator[Finding]:
    terms = record.lower().split()[1:]
    end = next((term for term in terms if term.lstrip("+-~?") == "all"), "")
    walk = _Walk()
    _follow(dns, domain, record, walk, (domain,))
    wrong = [*_of_walk(walk), *_of_end(domain, record, end)]
    yield from wrong
    outside = [one for one in addresses if not _is_in(one, walk.networks)]
    if outside and not walk.missing:
        changed = " ".join((VERSION, *map(_mechanism, outside), *record.split()[1:]))
        yield Finding(
            TOPIC,
            WRONG,
            f"Mail leaves from {', '.join(outside)}, which the record does not name.",
            f'{domain}. TXT "{changed}"',
        )
    elif not wrong:
        yield Finding(TOPIC, FOUND, f"{record} ({walk.lookups} of {MOST_LOOKUPS} lookups)")


def _of_walk(walk: _Walk) -> Iterator[Finding]:
    if walk.lookups > MOST_LOOKUPS:
        yield Finding(
            TOPIC,
            WRONG,
            f"The record asks DNS {walk.lookups} times, and receivers stop at {MOST_LOOKUPS} and "
            "refuse: name the networks of some includes by ip4: and ip6: instead.",
        )
    for name in walk.missing:
        yield Finding(
            TOPIC, WRONG, f"The record includes {name}, which has no SPF record: take it out."
        )


def _of_end(domain: str, record: str, end: str) -> Iterator[Finding]:
    strict = " ".join(term for term in record.split() if term.lower() != end)
    if end in {"+all", "all"}:
        yield Finding(
            TOPIC,
            WRONG,
            "The record ends in +all, which lets anybody send for the domain.",
            f'{domain}. TXT "{strict} ~all"',
        )
    elif end == "?all" or (not end and "redirect=" not in record.lower()):
        yield Finding(
            TOPIC,
            WRONG,
            "The record does not say what becomes of mail from elsewhere: let it end in ~all.",
            f'{domain}. TXT "{strict} ~all"',
        )
    elif "ptr" in {term.lstrip("+-~?").partition(":")[0] for term in record.lower().split()}:
        yield Finding(TOPIC, ADVICE, "The record uses ptr, which receivers may leave unread.")


def _follow(dns: Dns, domain: str, record: str, walk: _Walk, seen: tuple[str, ...]) -> None:
    """Go through a record as a receiver does, and through those that it includes."""
    for term in record.split()[1:]:
        bare = term.lstrip("+-~?")
        name, separator, value = bare.partition("=" if "redirect=" in bare.lower() else ":")
        name, target = name.partition("/")[0].lower(), value.partition("/")[0].rstrip(".") or domain
        if name in {"ip4", "ip6"} and separator:
            walk.networks.append(value)
        if name in ASKING or name == "redirect":
            walk.lookups += 1
            if walk.lookups <= 2 * MOST_LOOKUPS and "%" not in target:
                _look_up(dns, name, target, walk, seen)


def _look_up(dns: Dns, name: str, target: str, walk: _Walk, seen: tuple[str, ...]) -> None:
    if name == "a":
        walk.networks.extend(dns.hosts(target))
    elif name == "mx":
        for host in dns.exchanges(target)[:MOST_LOOKUPS]:
            walk.networks.extend(dns.hosts(host) if host else ())
    elif name in {"include", "redirect"}:
        inner = next((one for one in dns.texts(target) if _is_spf(one)), None)
        if inner is None:
            walk.missing.append(target)
        elif target not in seen:
            _follow(dns, target, inner, walk, (*seen, target))


def _is_in(address: str, networks: Sequence[str]) -> bool:
    ours = ipaddress.ip_address(address)
    for one in networks:
        try:
            network = ipaddress.ip_network(one, strict=False)
        except ValueError:
            continue
        if ours in network:
            return True
    return False
