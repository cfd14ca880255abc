"""Names with a proof in them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.mail.seals import DELIVERY, delivery_in, delivery_seal, opened, sealed
from tests.conftest import make_settings
from tests.schema import ROOT

ID = "0123456789abcdef0123456789abcdef"
OURS = make_settings("sqlite:///none.sqlite3", ROOT)


@given(name=st.binary(min_size=1, max_size=40))
def test_what_is_sealed_can_be_opened(name: bytes) -> None:
    assert opened(OURS, DELIVERY, sealed(OURS, DELIVERY, name)) == name
    assert opened(OURS, "another purpose", sealed(OURS, DELIVERY, name)) is None


@given(text=st.text(max_size=60))
def test_nobody_makes_one_up(text: str) -> None:
    assert opened(OURS, DELIVERY, text) is None
    assert delivery_in(OURS, text) is None


def test_a_seal_is_one_word_of_42_small_letters_and_digits() -> None:
    seal = delivery_seal(OURS, ID)
    assert len(seal) == 42
    assert seal.isalnum()
    assert seal == seal.lower()


def test_it_is_found_in_whatever_stands_around_it() -> None:
    seal = delivery_seal(OURS, ID)
    for text in (seal, f"<bounces+{seal}@test.example>", f"rfc822; {seal.upper()}", f"x {seal} y"):
        assert delivery_in(OURS, text) == ID
    assert delivery_in(OURS, f"a{seal}") is None


def test_it_outlives_every_secret_key() -> None:
    rotated = replace(OURS, secret_key="another key altogether, long enough")
    assert delivery_in(rotated, delivery_seal(OURS, ID)) == ID
    lost = replace(OURS, permanent_key="a permanent key of somebody else's site")
    assert delivery_in(lost, delivery_seal(OURS, ID)) is None


def test_another_seal_before_ours_does_not_hide_it() -> None:
    assert delivery_in(OURS, f"{'a' * 42} {delivery_seal(OURS, ID)}") == ID
