"""No cell of ours is taken for a formula, and every text comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.spreadsheets import csv_text, guarded, unguarded


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_could_be_a_formula_begins_with_an_apostrophe(sign: str) -> None:
    assert guarded(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    assert guarded(f"'{sign}1") == f"''{sign}1"


@pytest.mark.parametrize("text", ["", "a=b", "ann@post.example", "'tis", "O'Neill", " =1", "''"])
def test_anything_else_is_left_alone(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋a, \"")) | st.text())
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_rows_come_back_from_csv(row: list[str]) -> None:
    read = next(csv.reader(io.StringIO(csv_text([row]), newline="")))

    assert [unguarded(one) for one in read] == row
