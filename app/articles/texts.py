"""Texts in several languages, as lists sort and search them in SQL."""

from typing import Any

from sqlalchemy import JSON, SQLColumnExpression, func, type_coerce

from app.core.languages import DEFAULT, LANGUAGES


def text_in(column: SQLColumnExpression[dict[str, str]], language: str) -> SQLColumnExpression[Any]:
    """Return the SQL of a text in one language, NULL where there is none."""
    found: SQLColumnExpression[Any] = type_coerce(column, JSON)[language].as_string()
    return found


def shown_text(
    column: SQLColumnExpression[dict[str, str]], language: str
) -> SQLColumnExpression[Any]:
    """Return the SQL of a text in a language, else in English, else in any."""
    order = dict.fromkeys((language, DEFAULT, *LANGUAGES))
    return func.coalesce(*(text_in(column, one) for one in order))


def every_text(column: SQLColumnExpression[dict[str, str]]) -> list[SQLColumnExpression[Any]]:
    """Return the SQL of a text in each language, to be searched."""
    return [text_in(column, one) for one in LANGUAGES]
