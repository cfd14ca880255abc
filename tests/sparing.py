"""What is the same for every application and database of a process, made once in all its tests.

Half of a test's time went into compiling the same templates, routes and statements anew for an
application of its own, and into waiting for a disk that no test takes from its machine. What is
compiled is what would be; what is written is written, only not for a loss of power.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import map as routing
from werkzeug.routing.matcher import State, StateMachineMatcher
from werkzeug.routing.rules import Rule

from app.core import database

MOST_STATEMENTS = 5_000


@contextmanager
def spared() -> Iterator[None]:
    """Spare tests what another test of their process has paid for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Compiled()})
        patch.setattr(Rule, "compile", _compiled_once(Rule.compile))
        patch.setattr(routing, "StateMachineMatcher", Matcher)
        patch.setattr(database, "make_engine", Engines(database.make_engine).make)
        yield


class Compiled(BytecodeCache):
    """Templates as they were compiled for the first application of this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this source already."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def _compiled_once(compile_it: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Return what compiles a route: a like one of an earlier application lends what it made."""
    kept: dict[tuple[object, ...], dict[str, Any]] = {}

    def compiled(rule: Rule) -> None:
        looks = (rule.strict_slashes, rule.merge_slashes, rule.subdomain, rule.build_only)
        key = (rule.rule, rule.endpoint, str(rule.defaults or ""), looks)
        if key not in kept:
            compile_it(rule)
            kept[key] = {name: vars(rule)[name] for name in _MADE}
        vars(rule).update(kept[key])

    return compiled


_MADE = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


class Matcher(StateMachineMatcher):
    """Finds the route of an address; applications with like routes share what it searches."""

    _kept: ClassVar[dict[tuple[object, ...], State]] = {}

    def __init__(self, merge_slashes: bool) -> None:
        super().__init__(merge_slashes)
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Take a route; it is not searched before `update`."""
        self._rules.append(rule)

    def update(self) -> None:
        """Make ready for a search what was taken until now."""
        looks = (self.merge_slashes, *map(_looks, self._rules))
        if looks not in self._kept:
            self._root = State()
            for rule in self._rules:
                super().add(rule)
            super().update()
            self._kept[looks] = self._root
        self._root = self._kept[looks]


def _looks(rule: Rule) -> tuple[object, ...]:
    """Return what tells a bound route from another; its parts are kept for good, as compiled."""
    methods = frozenset(rule.methods or ())
    options = getattr(rule, "provide_automatic_options", None)
    return id(rule._parts), methods, rule.websocket, rule.redirect_to, rule.alias, options


class Engines:
    """Makes engines that share what was compiled for the first one of their kind."""

    def __init__(self, make: Callable[..., Engine]) -> None:
        self._make = make
        self._kept: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def make(self, url: str, **options: Any) -> Engine:  # noqa: ANN401 - whatever engines take
        """Return an engine as the application makes it."""
        engine = self._make(url, **options)
        name = engine.dialect.name
        if name in self._kept:
            engine.dialect, engine._compiled_cache = self._kept[name]
        else:
            event.listen(engine, "first_connect", lambda *_: self._keep(engine))
        if name == "sqlite":
            event.listen(engine, "connect", _leave_to_the_system)
        return engine

    def _keep(self, engine: Engine) -> None:
        """Keep a dialect that knows its server by now, and the statements that it compiles."""
        if isinstance(cache := engine._compiled_cache, LRUCache):
            cache.capacity = MOST_STATEMENTS
            self._kept.setdefault(engine.dialect.name, (engine.dialect, cache))


def _leave_to_the_system(opened: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    opened.execute("PRAGMA synchronous=OFF")
