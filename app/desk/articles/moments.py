"""Fields for a moment on pages of articles: of an hour that comes twice it is asked which one."""

from collections.abc import Mapping
from datetime import datetime

from flask import request

from app.core.answering import the_settings
from app.core.errors import FieldError
from app.core.local_time import TwiceError, read_local
from app.desk.typing_in import Typed, sent, spread_moment


def moment_form(name: str, kept: datetime | None, errors: Mapping[str, str]) -> Typed:
    """Return the field of a moment as it was typed, or where nothing was sent as it is kept."""
    values = sent() if name in request.form else spread_moment(name, kept, the_settings().time_zone)
    twice = {name} if _comes_twice(values.get(name, "")) else ()
    return Typed(
        values, {one: said for one, said in errors.items() if one == name}, frozenset(twice)
    )


def _comes_twice(text: str) -> bool:
    try:
        read_local("", text, the_settings().time_zone)
    except TwiceError:
        return True
    except FieldError:
        return False
    return False


def typed_moment(name: str) -> datetime:
    """Return the moment that was typed.

    Raises:
        FieldError: It is none, or one that the clock leaves out or shows twice.
    """
    values = sent()
    which = values.get(f"{name}_which", "")
    return read_local(name, values.get(name, ""), the_settings().time_zone, which)


def is_as_kept(name: str, kept: datetime | None) -> bool:
    """Tell whether what was sent is what the field showed of a moment that is kept."""
    values, shown = sent(), spread_moment(name, kept, the_settings().time_zone)
    return all(values.get(one, "") == text for one, text in shown.items())
