"""JSON that two readers could understand differently is refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.json_reading import BrokenJsonError, read_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(value=JSON)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(raw=st.binary(max_size=40))
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    with suppress(BrokenJsonError):
        assert read_json(raw) == json.loads(raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"a": 1, "a": 2}', "names a field twice"),
        (b'[{"a": {"b": 1, "\\u0062": 2}}]', "names a field twice"),
        (b"[1e999, NaN]", "NaN"),
        (b"-Infinity", "NaN"),
        (b"1" * 5000, "too long"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 50_000, "too deeply"),
        (b"\xc3\x28", "not UTF-8"),
        (b"{'a': 1}", "line 1, column 2"),
        (b"[1] [2]", "line 1, column 5"),
        (b"", "not JSON"),
    ],
)
def test_what_is_refused_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(BrokenJsonError, match=why):
        read_json(raw)
