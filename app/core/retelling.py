"""Sentences that were kept in English, told again in the language of the page.

Reasons are written down by workers and commands, which know no page: a row that cannot be taken,
what DNS has wrong. The English stays what is kept, searched for and sorted by.
"""

import re
from collections.abc import Iterable

from app.core.languages import DEFAULT, gettext, request_language

_BLANK = re.compile(r"%\\\((\w+)\\\)s")


class Retelling:
    """Knows some sentences again by their words, whatever stands in their blanks.

    Args:
        sentences: Each as the catalogues have it, the blanks like `%(name)s`; what is more
            special comes before what is less.
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        self._known = [(one, re.compile(_pattern(one), re.DOTALL)) for one in sentences]

    def told(self, english: str) -> str:
        """Return a sentence in the page's language; one that is not known stays as it is."""
        if request_language() == DEFAULT:
            return english
        for sentence, pattern in self._known:
            found = pattern.fullmatch(english)
            if found is not None:
                blanks = found.groupdict()
                return gettext(sentence) % blanks if blanks else gettext(sentence)
        return english


def _pattern(sentence: str) -> str:
    return _BLANK.sub(r"(?P<\1>.+?)", re.escape(sentence))
