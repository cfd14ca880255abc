"""How a route says who may use it, and how one view serves every language.

English lives at the root, each other language under its own prefix: the same endpoint, with
`language` as a value that `url_for` fills in from the page being shown.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map, Rule, UnicodeConverter, ValidationError

from app.core.languages import DEFAULT, LANGUAGES, request_language

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

OTHERS = ",".join(sorted(set(LANGUAGES) - {DEFAULT}))
LARGEST = 2**63 - 1
"""What a database can count to."""


class _Number(IntegerConverter):
    """A number in an address that a row can have; any other is of no page."""

    def to_python(self, value: str) -> int:
        """Return it."""
        if len(value) > len(str(LARGEST)) or int(value) > LARGEST:
            raise ValidationError
        return int(value)


class _Name(UnicodeConverter):
    """A name in an address; what cannot be seen is in no name, and in no header or row."""

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        if not value.isprintable():
            raise ValidationError
        return value


class LateRule(Rule):
    """A route that learns to build its address when one is first wanted.

    Most processes build few of some eight hundred: to learn all is a fifth of their start.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - as werkzeug has it
        learn = super()._compile_builder
        learned: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not learned:
                learned.append(learn(append_unknown))
            return learned[0](rule, **values)

        return build


def access(
    who: str,
    *,
    cross_site: bool = False,
    allowed_sites: bool = False,
    any_host: bool = False,
    fresh: bool = False,
) -> Callable[[View], View]:
    """Declare who may use a view; a test fails for a route that declares nobody.

    Args:
        who: `public` for readers, `person` for whoever is signed in to their account, `staff` for
            every role at the desk, or one of its roles.
        cross_site: Posts from other sites are taken, because the view authenticates them itself.
        allowed_sites: Posts from the sites that the newsroom allows are taken.
        any_host: Answered under any host name, because it is asked by the machine's address.
        fresh: Only for staff who have proved lately who they are.
    """

    def mark(view: View) -> View:
        view.access = who  # type: ignore[attr-defined] # read by the guard and by the test
        view.cross_site = cross_site  # type: ignore[attr-defined] # read by the guard
        view.allowed_sites = allowed_sites  # type: ignore[attr-defined] # read by the guard
        view.any_host = any_host  # type: ignore[attr-defined] # read by the guard
        view.fresh = fresh  # type: ignore[attr-defined] # read by the desk's guard
        return view

    return mark


def large_body(most: int) -> Callable[[View], View]:
    """Let a view of the desk take a body of so many bytes, once it is known who sends it."""

    def mark(view: View) -> View:
        view.largest_body = most  # type: ignore[attr-defined] # read by the desk's guard
        return view

    return mark


def localized(
    blueprint: Blueprint, rule: str, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """Route `rule` at the root for English and under `/uk` and the like for the others."""

    def register(view: View) -> View:
        name = view.__name__
        options: dict[str, Any] = {"methods": list(methods)}
        blueprint.add_url_rule(rule, name, view, defaults={"language": DEFAULT}, **options)
        blueprint.add_url_rule(f"/<any({OTHERS}):language>{rule}", name, view, **options)
        return view

    return register


def use_names(app: Flask) -> None:
    """Have addresses with numbers and names that nothing can have be found nowhere.

    Before any route is added.
    """
    app.url_rule_class = LateRule
    app.url_map.converters |= {"int": _Number, "string": _Name, "default": _Name}


def use_languages(app: Flask) -> None:
    """Take `language` out of the address before the view, and put it in when one is built."""
    use_names(app)

    @app.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        chosen = (values or {}).pop("language", None)
        g.language = chosen or request_language()

    @app.url_defaults
    def give(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = g.get("language", DEFAULT)


def taken_roots(url_map: Map) -> frozenset[str]:
    """Return the first parts of the application's own addresses, which no section may have."""
    firsts = {rule.rule.strip("/").partition("/")[0] for rule in url_map.iter_rules()}
    return frozenset(first for first in firsts if first and "<" not in first) | set(LANGUAGES)
