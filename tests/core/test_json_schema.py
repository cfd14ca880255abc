"""What our checks refuse is what the published schemas refuse, by the reference library."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.core.api_document import PROBLEM
from app.core.json_schema import CHECKED, NOTES, UNFIT, Schema, faults
from app.newsletters.api import schemas
from app.newsletters.api.schemas import LEAVING, NEWSLETTERS, PERSON, SIGNUP
from app.newsletters.api.views import API

SCHEMAS = [
    one
    for operation in API.all
    for one in (operation.body, operation.answer, *operation.parameters.values())
    if one is not None
] + [PROBLEM]

WORDS = st.sampled_from(
    ["ann@post.example", "daily", "en", "/a/", "", "a" * 300, "confirmed", "\n", "a@b\n", "x@y@z"]
)
LEAVES = st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5)
NAMES = st.sampled_from(
    [*SIGNUP["properties"], *PERSON["properties"], *LEAVING["properties"], "other"]
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(WORDS, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=6)
    ),
    max_leaves=12,
)


def within(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and all in it."""
    yield schema
    for one in schema.get("properties", {}).values():
        yield from within(one)
    if "items" in schema:
        yield from within(schema["items"])


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one["description"])
def test_a_published_schema_is_sound_and_says_nothing_that_is_not_checked(
    schema: dict[str, Any],
) -> None:
    Draft202012Validator.check_schema(schema)

    assert {word for one in within(schema) for word in one} <= CHECKED | NOTES


@given(value=VALUES)
def test_what_is_refused_is_what_the_reference_refuses(value: object) -> None:
    for schema in (SIGNUP, PERSON, LEAVING, NEWSLETTERS, PROBLEM):
        ours = list(faults(schema, value))
        if any(UNFIT.search(one) for one in texts(value)):
            continue
        assert bool(ours) is not Draft202012Validator(schema).is_valid(value), ours


def texts(value: object) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from (name, *texts(one))
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def test_every_fault_is_named_with_where_it_is() -> None:
    wrong = {"email": 1, "newsletters": ["daily", 2], "a/b~c": None}

    assert {one.pointer for one in faults(SIGNUP, wrong)} == {
        "#/email",
        "#/newsletters/1",
        "#/a~1b~0c",
    }


def test_a_sign_that_no_database_takes_is_refused_and_not_repeated() -> None:
    for sign in ("\x00", chr(0xD800), chr(0xDFFF)):
        found = list(faults(schemas.SLUG, f"a{sign}b"))
        unknown = list(faults(SIGNUP, {"email": "a@b.example", "newsletters": ["x"], sign: 1}))

        assert len(found) == len(unknown) == 1
        assert sign not in f"{found}{unknown[0].pointer}"


def test_a_very_long_name_is_cut_before_it_is_repeated() -> None:
    assert len(list(faults(LEAVING, {"x" * 5000: 1}))[-1].pointer) < 100
