"""The errors of the API, in Stripe's own shape."""

from typing import Any

from app.core.errors import UnwalledError


class StripeError(UnwalledError):
    """The API says no.

    Attributes:
        status: Of the answer.
        kept: Whether the answer is given again to the same idempotency key; what never got
            past the checking of parameters is not.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kept = kept
        self._fields = {"code": code, "message": message, "param": param, "type": kind}

    @property
    def body(self) -> dict[str, Any]:
        """What is answered."""
        return {"error": {name: value for name, value in self._fields.items() if value}}


def missing(name: str) -> StripeError:
    """Say that a parameter is not there."""
    return StripeError(
        f"Missing required param: {name}.", code="parameter_missing", param=name, kept=False
    )


def unknown(name: str) -> StripeError:
    """Say that there is no such parameter, or none that this stand-in knows."""
    return StripeError(
        f"Received unknown parameter: {name}", code="parameter_unknown", param=name, kept=False
    )


def invalid(name: str, value: object, *, wants: str) -> StripeError:
    """Say that a parameter's value cannot be taken."""
    return StripeError(f"Invalid {name}: {value}; must be {wants}", param=name, kept=False)


def no_such(kind: str, object_id: str, param: str = "id", status: int = 404) -> StripeError:
    """Say that there is no object of this id."""
    noun = kind.rpartition(".")[2] if kind.startswith("checkout") else kind.replace("_", " ")
    return StripeError(
        f"No such {noun}: '{object_id}'", status=status, code="resource_missing", param=param
    )
