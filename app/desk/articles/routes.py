"""Every page of articles, gathered on their blueprint."""

from app.desk.articles import (
    around,
    discarding,
    documents,
    editor,
    guests,
    history,
    overview,
    pictures,
    publishing,
    saving,
)
from app.desk.articles.web import bp

PAGES = (
    overview,
    editor,
    saving,
    documents,
    pictures,
    around,
    publishing,
    discarding,
    history,
    guests,
)

__all__ = ["PAGES", "bp"]
