"""What a program is told when its request is refused: RFC 9457, `application/problem+json`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import NoReturn

from flask import Response, abort, json, request

API = "/api/"
TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent.

    Attributes:
        pointer: Where, as a JSON pointer in a fragment (RFC 6901, 6): `#/email`.
        detail: What, in a sentence.
        suggestion: What may have been meant, or empty.
    """

    pointer: str
    detail: str
    suggestion: str = ""


def is_for_a_program() -> bool:
    """Tell whether the request is for the API, whose every answer is JSON."""
    return request.path.startswith(API)


def problem(
    status: int,
    detail: str = "",
    faults: Iterable[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer to a request that cannot be done.

    Args:
        status: Of HTTP.
        detail: What is wrong and what to do, in a sentence of English.
        faults: What is wrong with which field.
        headers: To go with it.
    """
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
    }
    if detail:
        said["detail"] = detail
    if errors := [_shown(one) for one in faults]:
        said["errors"] = errors
    return Response(json.dumps(said) + "\n", status, headers or {}, content_type=TYPE)


def refuse(
    status: int,
    detail: str = "",
    faults: Iterable[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> NoReturn:
    """End the request with a problem."""
    abort(problem(status, detail, faults, headers))


def _shown(fault: Fault) -> dict[str, str]:
    return {name: value for name, value in asdict(fault).items() if value}
