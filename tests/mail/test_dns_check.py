"""What DNS says of a sending domain, asked of a name server on the loopback."""

import base64
import re
from collections.abc import Iterator

import dns.name
import dns.rcode
import dns.reversename
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.mail.asking_dns import Dns, Finding, SilentError
from app.mail.dns_check import Question, ascii_domain, check, tags_of
from tests.mail.telling import rsa_key
from tests.name_servers import NameServer, serving

IP = "192.0.2.7"
DOMAIN = "news.example"
HOST = "mail.news.example"
KEY_AT = "s1._domainkey.news.example"


def key(size: int = 2048) -> str:
    public = rsa_key(f"dkim {size}", size).public_key()
    return base64.b64encode(
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def quoted(text: str) -> str:
    """Return a text as a name server's file has it, in pieces of at most 255 signs."""
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))


@pytest.fixture
def server() -> Iterator[NameServer]:
    """A name server that says of the domain whatever it should."""
    with serving() as table:
        table.add(DOMAIN, "TXT", quoted(f"v=spf1 ip4:{IP} -all"), quoted("other=thing"))
        table.add(KEY_AT, "TXT", quoted(f"v=DKIM1; k=rsa; p={key()}"))
        table.add(f"_dmarc.{DOMAIN}", "TXT", quoted("v=DMARC1; p=reject"))
        table.add(DOMAIN, "MX", f"10 {HOST}.")
        table.add(HOST, "A", IP)
        table.add(reverse(IP), "PTR", f"{HOST}.")
        yield table


def reverse(address: str) -> str:
    return dns.reversename.from_address(address).to_text(omit_final_dot=True)


def findings(server: NameServer, **changes: object) -> list[Finding]:
    usual = {
        "domain": DOMAIN,
        "selectors": ["s1"],
        "relay": "",
        "addresses": [IP],
        "sender": DOMAIN,
    }
    return check(Dns(server.address), Question(**{**usual, **changes}))  # type: ignore[arg-type] # as the fields are


def about(server: NameServer, topic: str, **changes: object) -> Finding:
    """Return what is found of one topic, and that all else is well."""
    found = findings(server, **changes)
    others = [one for one in found if one.topic != topic]
    assert all(one.state == "found" for one in others), others
    return next(one for one in found if one.topic == topic)


def test_a_domain_that_says_all_is_well(server: NameServer) -> None:
    found = findings(server)
    assert {one.state for one in found} == {"found"}
    assert [one.topic for one in found] == ["SPF", "DKIM", "DMARC", "MX", "PTR", "Sender"]


def test_a_domain_that_says_nothing_is_told_each_record_to_add() -> None:
    with serving() as table:
        found = findings(table)
    records = {one.topic: one.record for one in found if one.record}
    assert records == {
        "SPF": f'{DOMAIN}. TXT "v=spf1 ip4:{IP} ~all"',
        "DKIM": f'{KEY_AT}. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"',
        "DMARC": f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}"',
        "MX": f"{DOMAIN}. MX 10 mail.{DOMAIN}.",
    }
    assert {one.topic for one in found if not one.is_well} == {*records, "PTR"}


@pytest.mark.parametrize(
    ("record", "state", "words", "better"),
    [
        ("v=spf1 ip4:192.0.2.0/24 ~all", "found", "0 of 10 lookups", ""),
        ("v=spf1 a:mail.news.example mx -all", "found", "2 of 10 lookups", ""),
        ("V=SPF1 MX -ALL", "found", "1 of 10 lookups", ""),
        ("v=spf1 ip4:198.51.100.1 -all", "wrong", IP, f"v=spf1 ip4:{IP} ip4:198.51.100.1 -all"),
        ("v=spf1 mx +all", "wrong", "anybody", "v=spf1 mx ~all"),
        ("v=spf1 mx all", "wrong", "anybody", "v=spf1 mx ~all"),
        ("v=spf1 mx", "wrong", "end in ~all", "v=spf1 mx ~all"),
        ("v=spf1 mx ?all", "wrong", "end in ~all", "v=spf1 mx ~all"),
        ("v=spf1 mx include:nowhere.example -all", "wrong", "nowhere.example", ""),
        ("v=spf1 mx ptr -all", "advice", "ptr", ""),
    ],
)
def test_spf_is_read_as_receivers_read_it(
    server: NameServer, record: str, state: str, words: str, better: str
) -> None:
    server.set(DOMAIN, "TXT", quoted(record))
    found = about(server, "SPF")
    assert found.state == state
    assert words in found.sentence
    assert (f'"{better}"' in found.record) if better else not found.record


def test_an_included_record_counts_with_what_it_includes(server: NameServer) -> None:
    server.set(DOMAIN, "TXT", quoted("v=spf1 include:provider.example -all"))
    server.add(
        "provider.example", "TXT", quoted("v=spf1 include:more.example ip4:203.0.113.1 ?all")
    )
    server.add("more.example", "TXT", quoted(f"v=spf1 ip4:{IP} -all"))
    found = about(server, "SPF")
    assert (found.state, "2 of 10" in found.sentence) == ("found", True)


def test_a_record_that_leads_to_another_is_followed(server: NameServer) -> None:
    server.set(DOMAIN, "TXT", quoted("v=spf1 redirect=provider.example"))
    server.add("provider.example", "TXT", quoted(f"v=spf1 ip4:{IP} -all"))
    found = about(server, "SPF")
    assert (found.state, "1 of 10" in found.sentence) == ("found", True)


def test_more_than_ten_lookups_are_too_many(server: NameServer) -> None:
    names = [f"n{number}.example" for number in range(11)]
    server.set(
        DOMAIN, "TXT", quoted(f"v=spf1 ip4:{IP} {' '.join(f'a:{one}' for one in names)} -all")
    )
    found = about(server, "SPF")
    assert (found.state, "11 times" in found.sentence) == ("wrong", True)


def test_records_that_include_each_other_end(server: NameServer) -> None:
    server.set(DOMAIN, "TXT", quoted("v=spf1 include:loop.example -all"))
    server.add("loop.example", "TXT", quoted(f"v=spf1 include:{DOMAIN} ip4:{IP} -all"))
    assert about(server, "SPF").state == "found"


def test_two_spf_records_are_made_one(server: NameServer) -> None:
    server.set(DOMAIN, "TXT", quoted("v=spf1 mx -all"), quoted(f"v=spf1 ip4:{IP} mx ~all"))
    found = about(server, "SPF")
    assert found.state == "wrong"
    assert found.record in {
        f'{DOMAIN}. TXT "v=spf1 mx ip4:{IP} -all"',
        f'{DOMAIN}. TXT "v=spf1 ip4:{IP} mx -all"',
    }


@pytest.mark.parametrize(
    ("record", "state", "words"),
    [
        ("v=DKIM1; p={2048}", "found", "2048 bits"),
        ("p={2048}", "found", "2048 bits"),
        ("v=DKIM1; k=rsa; p={1024}", "wrong", "1024 bits"),
        ("v=DKIM1; p=", "wrong", "taken back"),
        ("v=DKIM1; p=nonsense", "wrong", "no key"),
        ("v=DKIM1; t=y; p={2048}", "advice", "t=y"),
        ("v=DKIM1; k=ed25519; p=abc", "found", "ed25519"),
        ("something else", "missing", "2048 bits"),
    ],
)
def test_a_dkim_key_is_weighed(server: NameServer, record: str, state: str, words: str) -> None:
    whole = record.replace("{2048}", key()).replace("{1024}", key(1024))
    server.set(KEY_AT, "TXT", quoted(whole))
    found = about(server, "DKIM")
    assert found.state == state
    assert words in found.sentence


def test_a_key_at_a_providers_is_found_through_its_alias(server: NameServer) -> None:
    server.set(KEY_AT, "TXT")
    server.add(KEY_AT, "CNAME", "s1.provider.example.")
    lost = about(server, "DKIM")
    assert lost.state == "missing"
    assert "s1.provider.example" in lost.sentence
    server.add("s1.provider.example", "TXT", quoted(f"v=DKIM1; p={key()}"))
    found = about(server, "DKIM")
    assert (found.state, "through s1.provider.example" in found.sentence) == ("found", True)


def test_without_a_selector_the_key_cannot_be_looked_for(server: NameServer) -> None:
    found = about(server, "DKIM", selectors=[])
    assert (found.is_well, "--selector" in found.sentence) == (False, True)


@pytest.mark.parametrize(
    ("record", "state", "words"),
    [
        ("v=DMARC1; p=quarantine", "found", "quarantine"),
        ("v=DMARC1;p=reject;", "found", "reject"),
        ("v=DMARC1; p=none; rua=mailto:a@b.example", "advice", "watches"),
        ("v=DMARC1; p=everything", "wrong", "none of"),
        ("v=DMARC1", "wrong", "none of"),
        ("hello", "missing", "No policy"),
    ],
)
def test_a_dmarc_policy_is_weighed(server: NameServer, record: str, state: str, words: str) -> None:
    server.set(f"_dmarc.{DOMAIN}", "TXT", quoted(record))
    found = about(server, "DMARC")
    assert found.state == state
    assert words in found.sentence
    if state == "advice":
        assert found.record == f'_dmarc.{DOMAIN}. TXT "{record.replace("p=none", "p=quarantine")}"'


def test_two_policies_are_none(server: NameServer) -> None:
    server.add(f"_dmarc.{DOMAIN}", "TXT", quoted("v=DMARC1; p=none"))
    assert about(server, "DMARC").state == "wrong"


def test_the_policy_of_the_domain_above_holds(server: NameServer) -> None:
    server.add("post.news.example", "TXT", quoted(f"v=spf1 ip4:{IP} -all"))
    server.add("post.news.example", "MX", f"10 {HOST}.")
    server.add("s1._domainkey.post.news.example", "TXT", quoted(f"p={key()}"))
    found = about(server, "DMARC", domain="post.news.example")
    assert (found.state, "_dmarc.news.example" in found.sentence) == ("found", True)


def test_an_exchange_needs_an_address(server: NameServer) -> None:
    server.set(DOMAIN, "MX", "10 dead.news.example.")
    assert "dead.news.example" in about(server, "MX").sentence
    server.set(DOMAIN, "MX", "0 .")
    assert about(server, "MX").state == "wrong"


def test_an_address_and_its_name_lead_to_each_other(server: NameServer) -> None:
    server.set(HOST, "A", "192.0.2.8")
    found = about(server, "PTR")
    assert (found.state, found.record) == ("wrong", f"{HOST}. A {IP}")
    server.set(reverse(IP), "PTR")
    assert about(server, "PTR").state == "missing"


def test_the_relays_own_addresses_are_checked(server: NameServer) -> None:
    found = findings(server, addresses=[], relay=HOST)
    assert [one.sentence for one in found if one.topic == "PTR"] == [
        f"{IP} is {HOST}, and {HOST} is {IP}."
    ]


def test_where_the_relays_addresses_are_not_known_that_is_said(server: NameServer) -> None:
    found = about(server, "PTR", addresses=[])
    assert (found.state, "--ip" in found.sentence) == ("advice", True)


def test_a_sender_at_another_domain_is_told(server: NameServer) -> None:
    assert about(server, "Sender", sender="other.example").state == "wrong"
    assert about(server, "Sender", sender=f"mail.{DOMAIN}").state == "found"
    assert about(server, "Sender", sender=f"evil{DOMAIN}").state == "wrong"


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED])
def test_a_name_server_that_does_not_answer_says_nothing(server: NameServer, code: int) -> None:
    server.codes[DOMAIN] = code
    with pytest.raises(SilentError):
        findings(server)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("News.Example.", "news.example"),
        ("новини.укр", "xn--b1amarcd.xn--j1amh"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_taken_as_people_write_it(text: str, name: str) -> None:
    assert ascii_domain(text) == name


@pytest.mark.parametrize("text", ["", "news", "a..b", "192.0.2.1", "x" * 70 + ".example", "a b.c"])
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(text)):
        ascii_domain(text)


def test_tags_are_read_with_or_without_spaces() -> None:
    assert tags_of("v=DKIM1;  K = rsa ;p=a b;") == {"v": "DKIM1", "k": "rsa", "p": "a b"}
