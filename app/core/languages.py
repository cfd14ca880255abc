"""The languages of the site: English first, Ukrainian complete beside it.

Catalogues are read from their .po files at the start, so there is no compiled file to be behind.
"""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import has_request_context, request
from flask_babel import Domain

LANGUAGES = {"en": "English", "uk": "Українська"}
DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
CATALOGUES = Path(__file__).parent.parent / "translations"


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; that of English is empty, its words are the keys."""
    paths = sorted((CATALOGUES / language / "LC_MESSAGES").glob("*.po"))
    if not paths:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(paths, language))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(paths: Iterable[Path], language: str) -> Catalog:
    """Return what several files say together: one for each part of the site."""
    whole = Catalog(locale=language)
    for path in paths:
        with path.open("rb") as source:
            for message in read_po(source, locale=language):
                whole[message.id] = message
    return whole


def prefix(language: str) -> str:
    """Return what every path of a language begins with: nothing for English."""
    return "" if language == DEFAULT else f"/{language}"


def direction(language: str) -> str:
    """Return `ltr` or `rtl`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def request_language() -> str:
    """Return the language that the address asked for names; a reader's browser has no say."""
    if has_request_context():
        parts = request.path.split("/", 2)
        if len(parts) > 1 and parts[1] in LANGUAGES and parts[1] != DEFAULT:
            return parts[1]
    return DEFAULT


def gettext(text: str, **values: object) -> str:
    """Return one of our own sentences in the language of the page that was asked for."""
    said = translations(request_language()).gettext(text)
    return said % values if values else said


class Catalogues(Domain):
    """Flask-Babel's domain over `translations`."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the request's language."""
        return translations(request_language())
