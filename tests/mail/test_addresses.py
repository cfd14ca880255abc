"""Addresses: what is taken, what is refused and why, and what makes two of them the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail.addresses import Address, AddressError, Fault, address_key, read_address, wire_address

GOOD = {
    "reader@example.org": "reader@example.org",
    "Reader@Example.ORG": "reader@example.org",
    "  reader@example.org  ": "reader@example.org",
    "\treader@example.org": "reader@example.org",
    "reader@example.org\u00a0": "reader@example.org",
    "first.last@example.org": "first.last@example.org",
    "reader+news@example.org": "reader+news@example.org",
    "reader_1@example.org": "reader_1@example.org",
    "r@example.org": "r@example.org",
    "1@example.org": "1@example.org",
    "-reader-@example.org": "-reader-@example.org",
    "o'hara@example.org": "o'hara@example.org",
    "a!#$%&'*/=?^`{|}~b@example.org": "a!#$%&'*/=?^`{|}~b@example.org",
    "reader@mail.sub.example.org": "reader@mail.sub.example.org",
    "reader@example-post.org": "reader@example-post.org",
    "reader@3com.example": "reader@3com.example",
    "reader@xn--e1afmkfd.xn--p1ai": "reader@xn--e1afmkfd.xn--p1ai",
    "reader@пошта.укр": "reader@xn--80a1acn3a.xn--j1amh",
    "reader@ПОШТА.УКР": "reader@xn--80a1acn3a.xn--j1amh",
    "reader@bücher.example": "reader@xn--bcher-kva.example",
    "reader@straße.de": "reader@xn--strae-oqa.de",
    "reader@例え.jp": "reader@xn--r8jz45g.jp",
    "a" * 64 + "@example.org": "a" * 64 + "@example.org",
    "reader@" + "d" * 63 + ".example": "reader@" + "d" * 63 + ".example",
    "reader@gmail.com": "reader@gmail.com",
    "r.e.a.d.e.r@gmail.com": "r.e.a.d.e.r@gmail.com",
}

BAD = {
    "": Fault.EMPTY,
    "   ": Fault.EMPTY,
    "reader": Fault.SYNTAX,
    "@": Fault.SYNTAX,
    "reader@": Fault.SYNTAX,
    "@example.org": Fault.SYNTAX,
    "reader@example": Fault.SYNTAX,
    "reader@localhost": Fault.SYNTAX,
    "reader@example..org": Fault.SYNTAX,
    "reader@.example.org": Fault.SYNTAX,
    "reader@example.org.": Fault.SYNTAX,
    "reader@-example.org": Fault.SYNTAX,
    "reader@example-.org": Fault.SYNTAX,
    "reader@exa_mple.org": Fault.SYNTAX,
    "reader@example.123": Fault.SYNTAX,
    "reader@[192.0.2.1]": Fault.SYNTAX,
    "reader@192.0.2.1": Fault.SYNTAX,
    "reader@post.invalid": Fault.SYNTAX,
    "reader@post.local": Fault.SYNTAX,
    "reader@post.test": Fault.SYNTAX,
    "reader@post.onion": Fault.SYNTAX,
    ".reader@example.org": Fault.SYNTAX,
    "reader.@example.org": Fault.SYNTAX,
    "rea..der@example.org": Fault.SYNTAX,
    "rea der@example.org": Fault.SYNTAX,
    "reader@exa mple.org": Fault.SYNTAX,
    "reader@@example.org": Fault.SYNTAX,
    "reader@one@example.org": Fault.SYNTAX,
    '"reader"@example.org': Fault.SYNTAX,
    "Reader <reader@example.org>": Fault.SYNTAX,
    "<reader@example.org>": Fault.SYNTAX,
    "mailto:reader@example.org": Fault.SYNTAX,
    "reader(comment)@example.org": Fault.SYNTAX,
    "reader\\@example.org": Fault.SYNTAX,
    "reader@example.org,": Fault.SYNTAX,
    "one@example.org,two@example.org": Fault.SEVERAL,
    "one@example.org; two@example.org": Fault.SEVERAL,
    "one@example.org two@example.org": Fault.SEVERAL,
    "reader@example.org\r\nBcc: all@example.org": Fault.CONTROL,
    "reader\n@example.org": Fault.CONTROL,
    "reader@example.org\r": Fault.CONTROL,
    "rea\0der@example.org": Fault.CONTROL,
    "rea\u200bder@example.org": Fault.CONTROL,
    "reader\u202e@example.org": Fault.CONTROL,
    "reader\x7f@example.org": Fault.CONTROL,
    "юрій@example.org": Fault.NOT_ASCII,
    "jörg@example.org": Fault.NOT_ASCII,
    "a" * 65 + "@example.org": Fault.SYNTAX,
    "reader@" + "d" * 64 + ".example": Fault.SYNTAX,
    "reader@" + ".".join(["d" * 60] * 4) + ".example": Fault.SYNTAX,
    "a" * 400 + "@example.org": Fault.TOO_LONG,
}


@pytest.mark.parametrize(("typed", "key"), GOOD.items(), ids=ascii)
def test_a_good_address_is_taken_and_compared_by_its_key(typed: str, key: str) -> None:
    assert read_address(typed).key == key


@pytest.mark.parametrize(("typed", "fault"), BAD.items(), ids=ascii)
def test_a_bad_address_is_refused_with_its_reason(typed: str, fault: Fault) -> None:
    with pytest.raises(AddressError) as caught:
        read_address(typed)
    assert caught.value.fault is fault


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(GOOD) + len(BAD) >= 60


def test_letters_beyond_ascii_are_taken_where_the_relay_can() -> None:
    address = read_address("Юрій@пошта.укр", smtputf8=True)

    assert address.key == "юрій@xn--80a1acn3a.xn--j1amh"
    assert address.wire == "Юрій@xn--80a1acn3a.xn--j1amh"


def test_one_spelling_of_letters_is_kept() -> None:
    composed = read_address("jo\u0308rg@example.org", smtputf8=True)
    assert composed.text == "j\u00f6rg@example.org"


def test_domains_that_only_look_alike_stay_apart() -> None:
    assert read_address("a@straße.de").key != read_address("a@strasse.de").key


def test_test_domains_are_taken_outside_production_only() -> None:
    assert read_address("a@post.test", testing=True).key == "a@post.test"


def test_a_key_that_grew_too_long_is_refused() -> None:
    typed = "\u0390" * 40 + "@" + "d" * 60 + ".example"
    with pytest.raises(AddressError) as caught:
        read_address(typed, smtputf8=True)
    assert caught.value.fault is Fault.TOO_LONG


@pytest.mark.parametrize("typed", GOOD, ids=ascii)
def test_what_is_kept_leads_back_to_key_and_wire(typed: str) -> None:
    address = read_address(typed)
    assert address_key(address.text) == address.key
    assert wire_address(address.text) == address.wire


@given(st.text(max_size=400))
def test_whatever_is_typed_is_an_address_or_refused(typed: str) -> None:
    try:
        address = read_address(typed, smtputf8=True)
    except AddressError:
        return
    assert isinstance(address, Address)
    assert len(address.key.encode()) <= 254
    assert (address.text + address.wire).isprintable()
    assert " " not in address.text


@given(st.emails())
def test_reading_what_was_kept_changes_nothing(typed: str) -> None:
    try:
        once = read_address(typed)
    except AddressError:
        return
    assert read_address(once.text) == once
