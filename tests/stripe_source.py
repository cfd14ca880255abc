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


@cache
def params_type(method: str, path: str) -> Any:  # noqa: ANN401 - a type, or None for no parameters
    """Return the TypedDict of what a call takes, None if it takes nothing.

    Raises:
        UnlikeStripeError: The package makes no such call.
    """
    file, function = _call(method, path)
    for argument in (*function.args.posonlyargs, *function.args.args):
        if argument.arg == "params" and argument.annotation is not None:
            quoted = (one for one in ast.walk(argument.annotation) if isinstance(one, ast.Constant))
            return named(str(next(quoted).value), _module(file))
    return None


@cache
def answer_type(method: str, path: str) -> tuple[Any, str]:
    """Return what a call answers, and the module in which its type is named.

    Raises:
        UnlikeStripeError: The package makes no such call.
    """
    file, function = _call(method, path)
    assert isinstance(function.returns, ast.Constant)
    return named(str(function.returns.value), _module(file)), _module(file)


def _call(method: str, path: str) -> tuple[Path, ast.FunctionDef]:
    """Return the service's method that makes a call."""
    for file in _services("/".join(path.split("/")[:3])):
        for verb, pattern, function in _calls(file):
            if verb == method and re.fullmatch(pattern, path):
                return file, function
    raise UnlikeStripeError(f"the package never calls {method} {path}")


@cache
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


@cache
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
def _calls(file: Path) -> list[tuple[str, str, ast.FunctionDef]]:
    """Return verb and pattern of the path of each call made, and the method that makes it."""
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        (*_verb_and_path(call), function)
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


def _module(file: Path) -> str:
    return ".".join(("stripe", *file.relative_to(FOLDER).with_suffix("").parts))


def module_of(kind: type) -> str:
    """Return the name of the module that a class is written in."""
    return sys.modules[kind.__module__].__name__
