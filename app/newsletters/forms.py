"""What readers send: read plainly, for the sign-up's path is the hottest there is."""

from dataclasses import dataclass
from urllib.parse import unquote

from flask import Request

LONGEST_PATH = 300
MOST_LISTS = 50
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SignupForm:
    """The fields of a sign-up, as they came.

    Attributes:
        email: Untouched.
        slugs: Ticked lists, each once, in the order sent.
        from_path: The page it was sent from, an internal path, or None.
        trapped: The field that people do not see was filled.
        as_typed: The address is to be taken as it stands.
    """

    email: str
    slugs: tuple[str, ...]
    from_path: str | None
    trapped: bool
    as_typed: bool


def read_signup(request: Request) -> SignupForm:
    """Read a sign-up out of a posted form."""
    fields = request.form
    return SignupForm(
        email=fields.get("email", ""),
        slugs=tuple(dict.fromkeys(fields.getlist("list") or request.args.getlist("list")))[
            :MOST_LISTS
        ],
        from_path=internal_path(fields.get("from") or request.args.get("from", "")),
        trapped=bool(fields.get("website")),
        as_typed=fields.get("as_typed") == "1",
    )


def internal_path(text: str) -> str | None:
    """Return `text` if it is the path of a page here, without query and fragment; else None."""
    path = text.partition("#")[0].partition("?")[0]
    if not path or len(path) > LONGEST_PATH:
        return None
    for form in (path, unquote(path)):
        if not form.startswith("/") or form.startswith("//") or "\\" in form or "//" in form:
            return None
        if not form.isprintable() or any(step in {".", ".."} for step in form.split("/")):
            return None
    return path


def read_code(request: Request) -> str:
    """Return the digits of a typed code; spaces and dashes do not count."""
    typed = request.form.get("code", "")[:20]
    return "".join(sign for sign in typed if sign in "0123456789")
