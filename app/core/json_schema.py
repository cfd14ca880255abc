"""The part of JSON Schema (draft 2020-12) that our API uses: what is checked is what is published.

A schema is the dictionary that stands in the OpenAPI document. Text with a NUL or half a
surrogate pair in it is refused wherever it stands: neither database could keep it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from app.core.problems import Fault

Schema = Mapping[str, Any]

NOTES = frozenset({"description", "examples", "format", "title"})
"""Keywords that say something to readers and check nothing."""

CHECKED = frozenset(
    {
        *("type", "enum", "minLength", "maxLength", "pattern", "items", "minItems", "maxItems"),
        *("uniqueItems", "properties", "required", "additionalProperties"),
    }
)
LONGEST_NAME = 60
UNFIT = re.compile("[\x00\ud800-\udfff]")

_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list, tuple),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "object": (Mapping,),
    "string": (str,),
}


def faults(schema: Schema, value: object, pointer: str = "#") -> Iterator[Fault]:
    """Yield what is wrong with a value, each with where it is."""
    allowed = schema.get("type", tuple(_TYPES))
    allowed = (allowed,) if isinstance(allowed, str) else tuple(allowed)
    if not any(_is(value, name) for name in allowed):
        yield Fault(pointer, f"This is to be of type {' or '.join(allowed)}.")
        return
    if "enum" in schema and value not in schema["enum"]:
        yield Fault(pointer, f"This is to be one of: {', '.join(map(str, schema['enum']))}.")
    elif isinstance(value, str):
        yield from _of_text(schema, value, pointer)
    elif isinstance(value, Mapping):
        yield from _of_object(schema, value, pointer)
    elif isinstance(value, list | tuple):
        yield from _of_list(schema, value, pointer)


def _is(value: object, name: str) -> bool:
    if name == "integer" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[name])


def _of_text(schema: Schema, value: str, pointer: str) -> Iterator[Fault]:
    if UNFIT.search(value):
        yield Fault(pointer, "This holds a sign that no text can hold: a NUL, or half a sign.")
    if len(value) < schema.get("minLength", 0):
        yield Fault(pointer, f"This is shorter than {schema['minLength']} signs.")
    if len(value) > schema.get("maxLength", len(value)):
        yield Fault(pointer, f"This is longer than {schema['maxLength']} signs.")
    elif "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        yield Fault(pointer, f"This does not match {schema['pattern']}.")


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of ECMA-262, in which `$` is the very end."""
    return re.compile(text.removesuffix("$") + r"\Z" if text.endswith("$") else text, re.ASCII)


def _of_object(schema: Schema, value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault(f"{pointer}/{name}", "This is missing.")
    for name, one in value.items():
        if name in known:
            yield from faults(known[name], one, f"{pointer}/{name}")
        elif schema.get("additionalProperties") is False:
            yield Fault(f"{pointer}/{_spelt(name)}", "There is no such field.")


def _spelt(name: str) -> str:
    """Return a name that somebody else chose as part of a pointer."""
    shown = UNFIT.sub("\ufffd", name[:LONGEST_NAME])
    return shown.replace("~", "~0").replace("/", "~1")


def _of_list(schema: Schema, value: list[Any] | tuple[Any, ...], pointer: str) -> Iterator[Fault]:
    if len(value) < schema.get("minItems", 0):
        yield Fault(pointer, f"This is to hold {schema['minItems']} or more.")
    if len(value) > schema.get("maxItems", len(value)):
        yield Fault(pointer, f"This is to hold {schema['maxItems']} at most.")
        return
    if schema.get("uniqueItems") and len({repr(one) for one in value}) < len(value):
        yield Fault(pointer, "This holds the same twice.")
    for place, one in enumerate(value):
        yield from faults(schema.get("items", {}), one, f"{pointer}/{place}")
