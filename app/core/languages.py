"""The languages of the site: English first, Ukrainian complete beside it.

Catalogues are read from their .po files at the start, so there is no compiled file to be behind.
"""

import io
from functools import cache
from pathlib import Path

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
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


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
