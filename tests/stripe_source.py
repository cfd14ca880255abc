"""Finds, in the installed Stripe package, the types that it states for requests and objects."""

import ast
import importlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import stripe
import typing_extensions
from stripe._object_classes import OBJECT_CLASSES

FOLDER = Path(str(stripe.__file__)).parent


class UnlikeStripeError(AssertionError):
    """Something is not as Stripe's own package says that it is."""


def params_type(method: str, path: str) -> Any:  # noqa: ANN401 - a type, or None for no parameters
    """Return the TypedDict of what a call takes, None if it takes nothing.

    Raises:
        UnlikeStripeError: The package makes no such call.
    """
    first = "/".join(path.split("/")[:3])
    for file in _services(first):
        for verb, pattern, name in _calls(file):
            if verb == method and re.fullmatch(pattern, path):
                return named(name, _module(file)) if name else None
    raise UnlikeStripeError(f"the package never calls {method} {path}")


def object_type(kind: str) -> type[stripe.StripeObject]:
    """Return the class of the objects that call themselves `kind`.

    Raises:
        UnlikeStripeError: There is no such class.
    """
    if kind not in OBJECT_CLASSES:
        raise UnlikeStripeError(f"there is no object {kind!r}")
    module, name = OBJECT_CLASSES[kind]
    found: type[stripe.StripeObject] = getattr(importlib.import_module(module), name)
    return found


def named(expression: str, module: str) -> Any:  # noqa: ANN401 - whatever the annotation says
    """Return what an annotation in quotes stands for in its module."""
    loaded = importlib.import_module(module)
    names = _Names(vars(loaded), _imported_for_types(Path(str(loaded.__file__))))
    return eval(expression, {}, names)  # noqa: S307 - the package's own annotation


class _Names(dict[str, Any]):
    """The names of a module, with those that it imports for type checkers alone."""

    def __init__(self, own: dict[str, Any], imported: dict[str, tuple[str, str]]) -> None:
        super().__init__(vars(typing_extensions) | own)
        self._imported = imported

    def __missing__(self, name: str) -> object:
        if name not in self._imported:
            raise KeyError(name)
        module, original = self._imported[name]
        return getattr(importlib.import_module(module), original)


@cache
def _imported_for_types(file: Path) -> dict[str, tuple[str, str]]:
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe")
        for alias in node.names
    }


@cache
def _services(first: str) -> list[Path]:
    """Return the service modules that call addresses beginning with `/v1/word`."""
    begun = re.compile(rf'"{re.escape(first)}["/]')
    return [file for file in FOLDER.rglob("_*service.py") if begun.search(file.read_text())]


@cache
def _calls(file: Path) -> list[tuple[str, str, str | None]]:
    """Return verb, pattern of the path and name of the parameters' type of each call made."""
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        (*_verb_and_path(call), _annotated_params(function))
        for function in functions
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "_request"
    ]


def _verb_and_path(call: ast.Call) -> tuple[str, str]:
    verb, path = call.args[0], call.args[1]
    if isinstance(path, ast.Call):  # "...{id}...".format(id=...)
        assert isinstance(path.func, ast.Attribute)
        path = path.func.value
    assert isinstance(verb, ast.Constant)
    assert isinstance(path, ast.Constant)
    return str(verb.value), re.sub(r"\{\w+\}", "[^/]+", str(path.value))


def _annotated_params(function: ast.FunctionDef) -> str | None:
    for argument in (*function.args.posonlyargs, *function.args.args):
        if argument.arg == "params" and argument.annotation is not None:
            quoted = (one for one in ast.walk(argument.annotation) if isinstance(one, ast.Constant))
            return str(next(quoted).value)
    return None


def _module(file: Path) -> str:
    return ".".join(("stripe", *file.relative_to(FOLDER).with_suffix("").parts))


def module_of(kind: type) -> str:
    """Return the name of the module that a class is written in."""
    return sys.modules[kind.__module__].__name__
