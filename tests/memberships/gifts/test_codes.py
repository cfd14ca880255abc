"""Codes of gifts: the same each time, forgiving to type, worth nothing without the key."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.logs import redact
from app.core.settings import Settings
from app.memberships.gifts.codes import (
    ALPHABET,
    code_hash,
    code_of,
    gift_path,
    proves,
    read_code,
    shown,
    typed_hash,
)
from tests.conftest import make_settings

SETTINGS = make_settings("sqlite:////nowhere", Path("nowhere"))


@dataclass(frozen=True)
class Named:
    public_id: str


GIFT = Named("0b5f1c0e-2a7d-4c3e-9a51-7d7a4f0e9d11")


def another_key() -> Settings:
    return replace(SETTINGS, permanent_key="a permanent key of another newsroom")


def test_a_code_is_three_groups_of_signs_that_cannot_be_mistaken() -> None:
    code = code_of(SETTINGS, GIFT)

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code) <= {*ALPHABET, "-"}
    assert not set("ILOU") & set(code)


def test_a_code_is_the_same_each_time_and_another_for_another_gift_or_newsroom() -> None:
    code = code_of(SETTINGS, GIFT)

    assert code == code_of(SETTINGS, GIFT)
    assert code != code_of(SETTINGS, Named("another"))
    assert code != code_of(another_key(), GIFT)


def test_a_code_is_found_by_what_is_stored_of_it() -> None:
    assert typed_hash(SETTINGS, code_of(SETTINGS, GIFT)) == code_hash(SETTINGS, GIFT.public_id)


def test_what_is_stored_cannot_be_tried_out_without_the_key() -> None:
    code = code_of(SETTINGS, GIFT)

    assert typed_hash(another_key(), code) != code_hash(SETTINGS, GIFT.public_id)


def test_a_gifts_page_is_opened_by_its_own_proof_alone() -> None:
    path = gift_path(SETTINGS, GIFT, "en")
    _empty, _join, _gift, name, proof, _end = path.split("/")

    assert path.startswith("/join/gift/")
    assert gift_path(SETTINGS, GIFT, "uk") == f"/uk{path}"
    assert proves(SETTINGS, name, proof)
    assert not proves(SETTINGS, "another", proof)
    assert not proves(another_key(), name, proof)
    assert not proves(SETTINGS, name, "ї")
    assert redact(path) == f"/join/gift/{name}/[token]/"


@pytest.mark.parametrize(
    "typed",
    ["7KQ0-1MXZ-9P4T", " 7kq0 1mxz 9p4t ", "7KQ01MXZ9P4T", "7kqO-iMXZ-9p4t", "7KQ0–LMXZ–9P4T"],
)
def test_case_spaces_dashes_and_look_alikes_do_not_count(typed: str) -> None:
    assert read_code(typed) == "7KQ01MXZ9P4T"


@pytest.mark.parametrize(
    "typed", ["", "7KQ0-1MXZ-9P4", "7KQ0-1MXZ-9P4TT", "7KQU-1MXZ-9P4T", "ЖKQ0-1MXZ-9P4T", "-" * 99]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
    assert typed_hash(SETTINGS, typed) is None


@given(st.uuids(), st.sampled_from([str.lower, str.upper]), st.sampled_from(["", " ", "-"]))
def test_every_code_is_read_as_it_was_shown(name: object, case: object, between: str) -> None:
    code = code_of(SETTINGS, Named(str(name)))
    typed = case(code.replace("-", between))  # type: ignore[operator] # one of two methods

    assert shown(str(read_code(typed))) == code


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    code = read_code(typed)

    assert code is None or set(code) <= set(ALPHABET)
