"""Marks of what a form was made from."""

from datetime import UTC, datetime

import pytest

from app.core.seen import ChangedMeanwhileError, mark_of, refuse_if_changed

AT = datetime(2027, 1, 31, 9, tzinfo=UTC)


def test_the_order_of_names_is_no_change_and_the_order_of_a_list_is() -> None:
    assert mark_of({"a": 1, "b": AT}) == mark_of({"b": AT, "a": 1})
    assert mark_of(["a", "b"]) != mark_of(["b", "a"])


def test_what_changed_meanwhile_is_refused() -> None:
    seen = mark_of({"en": "One"})

    refuse_if_changed(seen, {"en": "One"})
    with pytest.raises(ChangedMeanwhileError):
        refuse_if_changed(seen, {"en": "Two"})


def test_a_writer_without_a_mark_has_the_last_word() -> None:
    refuse_if_changed(None, {"en": "Two"})
