"""Reading a request's parameters: all are text over the wire, and what is unknown is refused."""

import re
from collections.abc import Iterator
from typing import Any

from app.sandbox.stripe.errors import invalid, missing, unknown

Json = dict[str, Any]
INDEX = re.compile(r"\[(\d*)\]")


def refuse_unknown(params: Json, known: frozenset[str]) -> None:
    """Refuse a parameter that is not known, like `line_items.price_data.currency`.

    A name that ends in `.*` takes any name below it.
    """
    outer = {name[:end] for name in known for end, letter in enumerate(name) if letter == "."}
    for name, plain in _names(params):
        if plain not in known | outer and f"{plain.rpartition('.')[0]}.*" not in known:
            raise unknown(name)


def _names(value: Any, name: str = "", plain: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            below = f"{name}[{key}]" if name else str(key)
            yield from _names(inner, below, f"{plain}.{key}".lstrip("."))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _names(inner, f"{name}[{number}]", plain)
    elif name:
        yield name, plain


def part(params: Json, name: str) -> Json:
    """Return the parameters below a name; none if it is not given."""
    value = params.get(name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise invalid(name, value, wants="a hash")
    return value


def parts(params: Json, name: str) -> list[Json]:
    """Return the list of parameters below a name; none if it is not given."""
    value = params.get(name)
    if value in (None, ""):
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(name, value, wants="an array of hashes")
    return value


def texts(params: Json, name: str) -> list[str]:
    """Return a list of words; none if it is not given."""
    value = params.get(name) or []
    if not isinstance(value, list):
        raise invalid(name, value, wants="an array")
    return [str(one) for one in value]


def text(params: Json, name: str) -> str | None:
    """Return a text, or nothing if it is not given or empty."""
    value = params.get(name)
    if isinstance(value, dict | list):
        raise invalid(name, value, wants="a string")
    return str(value) if value not in (None, "") else None


def needed(params: Json, name: str) -> str:
    """Return a text that must be there."""
    found = text(params, name)
    if found is None:
        raise missing(name)
    return found


def word(params: Json, name: str, words: tuple[str, ...]) -> str | None:
    """Return one of these words, or nothing if it is not given."""
    found = text(params, name)
    if found is not None and found not in words:
        raise invalid(name, found, wants=f"one of {', '.join(words)}")
    return found


def whole(params: Json, name: str) -> int | None:
    """Return a whole number, or nothing if it is not given."""
    found = text(params, name)
    if found is None:
        return None
    if not re.fullmatch(r"-?\d{1,15}", found, re.ASCII):
        raise invalid(name, found, wants="an integer")
    return int(found)


def flag(params: Json, name: str) -> bool | None:
    """Return yes or no, or nothing if it is not given."""
    found = text(params, name)
    if found is None:
        return None
    if found.lower() not in {"true", "false"}:
        raise invalid(name, found, wants="true or false")
    return found.lower() == "true"


def metadata(params: Json, old: Json | None = None) -> Json:
    """Return metadata with what is given laid over the old; an empty value takes a name away."""
    merged = (old or {}) | {name: str(value) for name, value in part(params, "metadata").items()}
    return {name: value for name, value in merged.items() if value}


def nested(pairs: list[tuple[str, str]]) -> Json:
    """Turn `a[b][0]=c` into `{"a": {"b": ["c"]}}`."""
    root: Json = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        path = [head, *re.findall(r"\[([^\]]*)\]", f"[{rest}")] if rest else [head]
        inner = root
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        last = path[-1] or str(len(inner))
        inner[last] = value
    return {name: _with_lists(value) for name, value in root.items()}


def _with_lists(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
