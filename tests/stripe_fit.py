"""Walks along a value and the type that Stripe's package states for it, and says what differs."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import GenericAlias, NoneType, UnionType
from typing import (
    Any,
    ClassVar,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
)
from typing import get_origin as typed_origin

from stripe import ListObject, StripeObject
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from tests.stripe_source import module_of, named, object_type

Problems: TypeAlias = Iterator[str]
Json: TypeAlias = Any
Kind: TypeAlias = Any
Fields: TypeAlias = dict[str, tuple[Kind, bool]]
"""Each key with its type and whether it must be there."""


class Fit:
    """One walk; `typed` says whether numbers are numbers, not text that came over the wire."""

    def __init__(self, *, typed: bool) -> None:
        self._typed = typed

    def of(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        """Yield what is wrong with a value; `module` is where the type's names are looked up."""
        kind = meant(kind, module)
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self._one_of(value, kind, module, where)
        if origin in (list, dict, Mapping, UntypedStripeObject):
            return self._many(value, kind, module, where)
        return self._one(value, kind, module, where)

    def _many(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        inner = (get_args(kind) or (Any,))[-1]
        if get_origin(kind) is list:
            return self._list(value, inner, module, where)
        return self._mapping(value, inner, module, where)

    def _one(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        origin = get_origin(kind)
        if is_typeddict(kind):
            return self._fields(value, _taken(kind), kind.__module__, where)
        if isinstance(origin, type) and issubclass(origin, StripeObject):
            return self._object(value, kind, module, where)
        return self._plain(value, kind, where)

    def _plain(self, value: Json, kind: Kind, where: str) -> Problems:
        if get_origin(kind) is Literal:
            words = get_args(kind)
            if value not in words or type(value) is not type(words[0]):
                yield f"{where}: {value!r} is none of {words}"
        elif not self._is(value, kind):
            yield f"{where}: {value!r} is no {getattr(kind, '__name__', kind)}"

    def _one_of(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        found: list[list[str]] = []
        for arm in _arms(kind, module):
            found.append(list(self.of(value, arm, module, where)))
            if not found[-1]:
                return
        # The arm of the value's own kind says most about what is wrong with it.
        yield from max(found, key=lambda said: _depth(said, where))

    def _list(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for number, one in enumerate(value):
            yield from self.of(one, kind, module, f"{where}[{number}]")

    def _mapping(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no mapping"
            return
        for key, one in value.items():
            yield from self.of(one, kind, module, f"{where}.{key}")

    def _object(self, value: Json, kind: Kind, module: str, where: str) -> Problems:
        origin = get_origin(kind)
        if isinstance(value, dict) and value.get("deleted") is True:
            return self.deleted(value, where)
        if origin is ListObject:
            data = GenericAlias(list, get_args(kind))
            listed: Fields = {"object": (Literal["list"], True), "data": (data, True)}
            return self._fields(value, stated(origin) | listed, module, where)
        return self._fields(value, stated(origin), module_of(origin), where)

    @staticmethod
    def deleted(value: Json, where: str) -> Problems:
        """Yield what is wrong with an object that says of itself that it was deleted."""
        object_type(str(value.get("object")))
        for key in sorted(set(value) ^ {"id", "object", "deleted"}):
            yield f"{where}.{key}: missed, or one too many"

    def _fields(
        self,
        value: Json,
        fields: Fields,
        module: str,
        where: str,
    ) -> Problems:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no mapping"
            return
        for key in sorted(set(value) - set(fields)):
            yield f"{where}.{key}: there is no such key"
        for key, (kind, required) in fields.items():
            if key in value:
                yield from self.of(value[key], kind, module, f"{where}.{key}")
            elif required:
                yield f"{where}.{key}: missed"

    def _is(self, value: Json, kind: Kind) -> bool:
        if kind in (Any, object) or isinstance(kind, TypeVar):
            return True
        if kind in (None, NoneType):
            return value is None
        if kind is Decimal:
            return isinstance(value, Decimal | str) and _reads(Decimal, value)
        if not self._typed and kind in (int, float, bool):
            return isinstance(value, str) and _reads(_FROM_TEXT[kind], value)
        if kind is float:
            return type(value) in (int, float)
        return type(value) is kind


@cache
def meant(kind: Kind, module: str) -> Kind:
    """Return a type for its name, and without the word that says whether it must be there."""
    if isinstance(kind, ForwardRef | str):
        return meant(named(kind if isinstance(kind, str) else kind.__forward_arg__, module), module)
    if get_origin(kind) in (NotRequired, Required):
        return meant(get_args(kind)[0], module)
    return kind


@cache
def _arms(kind: Kind, module: str) -> list[Kind]:
    """Return what may stand for a type; words that are listed leave no room for others."""
    arms = [meant(arm, module) for arm in get_args(kind)]
    if any(get_origin(arm) is Literal and set(get_args(arm)) - {""} for arm in arms):
        return [arm for arm in arms if arm is not str]
    return arms


@cache
def get_origin(kind: Kind) -> Kind:
    """Return `list` of `list[int]`, and a plain type as it is."""
    origin: Kind = typed_origin(kind)
    return kind if origin is None else origin


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text]


_FROM_TEXT: dict[type, Callable[[str], object]] = {int: int, float: float, bool: _truth}


def _reads(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except (ValueError, KeyError, InvalidOperation):
        return False
    return True


def _depth(said: list[str], where: str) -> int:
    """Return how far into the value the first complaint lies."""
    return len(said[0].split(": ")[0]) - len(where)


@cache
def _taken(kind: Kind) -> Fields:
    """Return the keys of a TypedDict with their types and whether they must be there."""
    fields: Fields = {}
    for one in kind.__annotations__:
        if one not in RequestOptions.__annotations__:
            annotation = kind.__annotations__[one]
            fields[one] = (annotation, get_origin(annotation) is not NotRequired)
    return fields


@cache
def stated(kind: type) -> Fields:
    """Return the fields of a resource's class with their types and whether they must be there."""
    fields: Fields = {}
    for base in reversed(kind.__mro__):
        for name, annotation in vars(base).get("__annotations__", {}).items():
            private = name.startswith("_") or get_origin(annotation) is ClassVar
            if not private and name != "OBJECT_NAME":
                fields[name] = (annotation, NoneType not in get_args(annotation))
    return fields
