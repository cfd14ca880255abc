"""Tokens, codes and keyed hashes."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.tokens import derived_code, derived_token, equal, keyed_hash, new_token, token_hash

KEY = "a key for tests"


def test_a_token_has_256_random_bits() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)


def test_what_is_stored_of_a_token_is_its_sha_256() -> None:
    assert token_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.text(), st.text(), st.text())
def test_a_keyed_hash_depends_on_key_purpose_and_value(key: str, purpose: str, value: str) -> None:
    found = keyed_hash(key, purpose, value)

    assert found == keyed_hash(key, purpose, value)
    assert found != keyed_hash(key + "x", purpose, value)
    assert found != keyed_hash(key, purpose + "x", value)
    assert found != keyed_hash(key, purpose, value + "x")


def test_a_purpose_cannot_run_into_a_value() -> None:
    assert derived_token(KEY, "confirm", "1") != derived_token(KEY, "confirm1", "")


@given(st.text(min_size=1))
def test_a_code_has_six_digits_and_is_always_the_same(name: str) -> None:
    code = derived_code(KEY, "confirm", name)

    assert len(code) == 6
    assert code.isdecimal()
    assert code == derived_code(KEY, "confirm", name)


def test_codes_are_spread() -> None:
    codes = {derived_code(KEY, "confirm", str(number)) for number in range(1000)}

    assert len(codes) > 990


def test_secrets_of_any_alphabet_can_be_compared() -> None:
    assert equal("шість", "шість")
    assert not equal("123456", "123457")
