"""Operations of the API: declared once; the route, the checks and the document follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.answering import the_settings
from app.core.json_reading import BrokenJsonError, read_json
from app.core.json_schema import Schema, faults
from app.core.problems import refuse
from app.core.routes import access

LARGEST_BODY = 64 * 1024
JSON_TYPE = "application/json"
TOKEN = "token:"  # noqa: S105 - begins the name of an access, and is no secret

View = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a program may ask for.

    Attributes:
        name: As programs made from the document call it; also the endpoint's name.
        method: Of HTTP.
        path: Under the site, its parameters in braces.
        scope: What a token must be allowed.
        summary: In a few words.
        description: All that a reader needs; CommonMark.
        says: What it means when all went well.
        answer: What comes back then; None for nothing at all.
        status: Of HTTP, then.
        body: What is to be sent; None for nothing.
        parameters: Of the path, each with its schema.
        refusals: Statuses of its own, each with when it is answered.
    """

    name: str
    method: str
    path: str
    scope: str
    summary: str
    description: str
    says: str
    answer: Schema | None
    status: int = HTTPStatus.OK
    body: Schema | None = None
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    refusals: Mapping[int, str] = field(default_factory=dict)


class Operations:
    """All operations of a blueprint."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.all: list[Operation] = []

    @property
    def scopes(self) -> frozenset[str]:
        """Whatever a token can be allowed."""
        return frozenset(one.scope for one in self.all)

    def declare(self, operation: Operation) -> Callable[[View], View]:
        """Route an operation to a view, which gets the path's parameters and the checked body."""

        def register(view: View) -> View:
            rule = operation.path.replace("{", "<").replace("}", ">")
            answering = access(f"{TOKEN}{operation.scope}", cross_site=True)(
                _answering(operation, view)
            )
            self.blueprint.add_url_rule(rule, operation.name, answering, methods=[operation.method])
            self.all.append(operation)
            return view

        return register


def _answering(operation: Operation, view: View) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def run(**values: str) -> ResponseReturnValue:
        for name, schema in operation.parameters.items():
            if any(faults(schema, values[name])):
                refuse(HTTPStatus.NOT_FOUND, operation.refusals[HTTPStatus.NOT_FOUND])
        given: dict[str, Any] = dict(values)
        if operation.body is not None:
            given["body"] = _body(operation.body)
        return _answer(operation, view(**given))

    return run


def _body(schema: Schema) -> object:
    if request.mimetype != JSON_TYPE:
        refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON_TYPE}.")
    request.max_content_length = LARGEST_BODY
    try:
        found = read_json(request.get_data())
    except RequestEntityTooLarge:
        refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body is {LARGEST_BODY // 1024} KB at most.")
    except BrokenJsonError as error:
        refuse(HTTPStatus.BAD_REQUEST, str(error))
    if wrong := list(faults(schema, found)):
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "Some of this cannot be taken.", wrong)
    return found


def _answer(operation: Operation, value: object) -> Response:
    if operation.answer is None:
        return Response(status=operation.status)
    if the_settings().mode != "production":
        wrong = list(faults(operation.answer, value))
        if wrong:
            raise TypeError(f"{operation.name} answers what it has not declared: {wrong}")
    answer = jsonify(value)
    answer.status_code = operation.status
    return answer
