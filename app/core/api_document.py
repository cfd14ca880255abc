"""The OpenAPI 3.1 document: the declared operations, written down for programs."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from app.core.json_schema import Schema
from app.core.operations import JSON_TYPE, Operation
from app.core.problems import TYPE

VERSION = "3.1.0"
BEARER = "token"

PROBLEM: Schema = {
    "type": "object",
    "description": "What is wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The status, in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do, in a sentence."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "Which part of the body, as a JSON pointer: `#/email`.",
                    },
                    "detail": {"type": "string"},
                    "suggestion": {
                        "type": "string",
                        "description": "What may have been meant.",
                    },
                },
            },
        },
    },
}

ALWAYS = {
    401: "There is no token, or it is unknown, expired or revoked.",
    403: "The token is not allowed this.",
    429: "Too many calls: `Retry-After` says in how many seconds to go on.",
    500: "Something broke here; it has been noted.",
    503: "The database does not answer: try again after `Retry-After` seconds.",
}
WITH_BODY = {
    400: "The body is not JSON, or two readers could understand it differently.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "A field cannot be taken: `errors` says which and why.",
}


def document(
    operations: Iterable[Operation], title: str, description: str, scopes: Mapping[str, str]
) -> dict[str, Any]:
    """Return the document.

    Args:
        operations: All there are.
        title: Of the whole.
        description: Of the whole; CommonMark.
        scopes: What a token can be allowed, each with its meaning.
    """
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": "1", "description": description},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "; ".join(f"`{one}`: {scopes[one]}" for one in scopes),
                }
            },
        },
    }


def refusals(operation: Operation) -> dict[int, str]:
    """Return every status with which an operation can be refused, each with its meaning."""
    found = {**ALWAYS, **operation.refusals}
    if operation.body is not None:
        found |= WITH_BODY
    return dict(sorted(found.items()))


def _operation(one: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": one.description,
        "security": [{BEARER: [one.scope]}],
        "responses": {
            str(int(one.status)): _success(one),
            **{str(status): _refusal(status, text) for status, text in refusals(one).items()},
        },
    }
    if one.parameters:
        said["parameters"] = [_parameter(one, name) for name in re.findall(r"{(\w+)}", one.path)]
    if one.body is not None:
        said["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": one.body}}}
    return said


def _parameter(one: Operation, name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": one.parameters[name]}


def _success(one: Operation) -> dict[str, Any]:
    if one.answer is None:
        return {"description": one.says}
    return {"description": one.says, "content": {JSON_TYPE: {"schema": one.answer}}}


def _refusal(status: int, text: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": text,
        "content": {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == HTTPStatus.UNAUTHORIZED:
        said["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    elif status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        said["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
    return said
