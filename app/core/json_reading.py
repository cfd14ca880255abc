"""JSON read strictly (RFC 8259): what two readers could understand differently is refused."""

import json
from typing import Any, NoReturn


class BrokenJsonError(ValueError):
    """A body is no JSON that we take; the message says why, and repeats nothing of it."""


def read_json(raw: bytes) -> object:
    """Return what a body says.

    Raises:
        BrokenJsonError: It is not UTF-8, not JSON, too deep, holds a number beyond all measure or
            one that is none, or names a field twice.
    """
    try:
        return json.loads(raw.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise BrokenJsonError("The body is not UTF-8.") from error
    except RecursionError as error:
        raise BrokenJsonError("The body is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise BrokenJsonError(
            f"The body is not JSON: see line {error.lineno}, column {error.colno}."
        ) from error
    except BrokenJsonError:
        raise
    except ValueError as error:  # Python's own limit on the digits of a number
        raise BrokenJsonError("The body holds a number that is too long.") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BrokenJsonError("The body names a field twice.")
    return found


def _no_number(_word: str) -> NoReturn:
    raise BrokenJsonError("The body holds NaN or Infinity, which JSON does not know.")
