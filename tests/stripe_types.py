"""Holds what we send to Stripe, and what stands in for it, against the package's own types.

Stricter than the package's annotations are for a type checker: `Literal[...] | str` is closed to
the words that it lists, a key that is not listed is wrong, and one that must be there is missed.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stripe_expand import unexpandable
from tests.stripe_fit import Fit, Json, Problems
from tests.stripe_source import UnlikeStripeError, module_of, object_type, params_type

__all__ = ["UnlikeStripeError", "check_call", "check_object", "check_request", "from_form"]


def check_request(
    method: str, path: str, params: Mapping[str, Any] | None, *, typed: bool = True
) -> None:
    """Check a call's parameters.

    Args:
        method: `get`, `post` or `delete`, in any case.
        path: Like `/v1/subscriptions/sub_1`.
        params: As given to the client; or, not `typed`, as they came over the wire, all text.
        typed: Whether numbers are numbers, not text.

    Raises:
        UnlikeStripeError: Stripe would not take this; says all that is wrong.
    """
    wanted = params_type(method.lower(), path)
    given = dict(params or {})
    if wanted is None:
        problems = [f"{key}: this call takes nothing" for key in given]
    else:
        problems = list(Fit(typed=typed).of(given, wanted, "stripe", path))
        problems += unexpandable(method.lower(), path, given)
    _complain(f"{method.upper()} {path}", problems)


def check_object(data: Mapping[str, Any]) -> None:
    """Check an object, or a list of them, as Stripe would return it (plain JSON).

    Raises:
        UnlikeStripeError: Stripe never returns this; says all that is wrong.
    """
    kind = str(data.get("object"))
    if data.get("deleted") is True:
        _complain(kind, list(Fit.deleted(data, kind)))
        return
    if kind == "list":
        _complain("list", list(_listed(data)))
        return
    wanted = object_type(kind)
    _complain(kind, list(Fit(typed=True).of(dict(data), wanted, module_of(wanted), kind)))


def from_form(text: str) -> dict[str, Any]:
    """Return form-encoded parameters as nested dicts and lists of text."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *folders, last = re.findall(r"[^\[\]]+", name)
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = value
    listed = _lists(tree)
    assert isinstance(listed, dict)
    return listed


def check_call(method: str, url: str, body: str | bytes | None) -> None:
    """Check a call as it goes over the wire."""
    parts = urlsplit(url)
    text = body.decode() if isinstance(body, bytes) else body
    check_request(method, parts.path, from_form(text or parts.query), typed=False)


def _lists(tree: Json) -> Json:
    if not isinstance(tree, dict):
        return tree
    inner = {key: _lists(value) for key, value in tree.items()}
    is_list = bool(inner) and list(inner) == [str(number) for number in range(len(inner))]
    return list(inner.values()) if is_list else inner


def _listed(data: Mapping[str, Any]) -> Problems:
    wrong = {"object", "data", "has_more", "url"} ^ set(data)
    yield from (f"{key}: missed, or one too many" for key in sorted(wrong))
    for one in data.get("data", ()):
        check_object(one)


def _complain(about: str, problems: list[str]) -> None:
    if problems:
        raise UnlikeStripeError("\n".join((f"{about} is not as Stripe has it:", *problems)))
