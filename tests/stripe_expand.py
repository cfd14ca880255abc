"""Which parts of an answer can be asked for whole: `expand` is a list of any words to the types."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args

from stripe import ListObject, StripeObject

from tests.stripe_fit import Kind, get_origin, meant, stated
from tests.stripe_source import answer_type, module_of

DEEPEST = 4
"""How far Stripe follows (https://docs.stripe.com/expand)."""

Place: TypeAlias = tuple[Kind, str]
"""A type, and the module in which its names are looked up."""


def unexpandable(method: str, path: str, params: dict[str, Any]) -> Iterator[str]:
    """Yield what a call wants expanded that cannot be."""
    for wanted in params.get("expand", ()):
        words = str(wanted).split(".")
        if len(words) > DEEPEST or not _leads(_arms(answer_type(method, path)), words):
            yield f"expand: {wanted!r} cannot be expanded"


def _leads(places: list[Place], words: list[str]) -> bool:
    """Tell whether the words lead from one of the types to something that is an id at first."""
    if not words:
        return any(_is_object(kind) for kind, _ in places) and _may_be_absent(places)
    inner = [place for one in places if _is_object(one[0]) for place in _field(one, words[0])]
    return bool(inner) and _leads(inner, words[1:])


def _field(place: Place, word: str) -> list[Place]:
    kind, module = place
    origin = get_origin(kind)
    if origin is ListObject and word == "data":
        return _arms((get_args(kind)[0], module))
    if word not in stated(origin):
        return []
    return _arms((stated(origin)[word][0], module_of(origin)))


def _arms(place: Place) -> list[Place]:
    """Return what a type can be, its names looked up."""
    module = place[1]
    kind = meant(*place)
    if get_origin(kind) in (Union, UnionType):
        return [arm for one in get_args(kind) for arm in _arms((one, module))]
    return [(kind, module)]


def _is_object(kind: Kind) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, StripeObject)


def _may_be_absent(places: list[Place]) -> bool:
    """Tell whether a part is an id until it is expanded, or a list that is left out."""
    kinds = [kind for kind, _ in places]
    return str in kinds or (
        NoneType in kinds and any(get_origin(kind) is ListObject for kind in kinds)
    )
