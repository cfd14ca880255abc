"""The errors of the domain. They know no status code; the web maps them once."""

from collections.abc import Sequence


class UnwalledError(Exception):
    """Anything that goes wrong in a way that we have a sentence for."""


class SettingsError(UnwalledError):
    """The operator's settings do not hold; one sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class OperatorError(UnwalledError):
    """A command cannot go on; its one sentence says what to do."""


class FieldError(UnwalledError):
    """What was typed into one field cannot be taken.

    Attributes:
        field: Name of the field.
        message: The sentence for whoever typed it, in their language.
        suggestion: What they may have meant, or empty.
    """

    def __init__(self, field: str, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.suggestion = suggestion
