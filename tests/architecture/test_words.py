"""Ukrainian is complete beside English, and says the same with the same blanks."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from app.core.languages import catalogue

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r"%\(\w+\)[sd]")
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
SPOKEN = re.compile(r'voice\.ngettext\(\s*"([^"]+)"')
"""Babel does not see in a template what a voice says."""
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def is_ours(folder: str) -> bool:
    return not Path(folder).name.startswith((".", "instance", "tests"))


@cache
def used() -> frozenset[str]:
    found = extract_from_dir(
        ROOT, METHODS, {"**": {"silent": "false"}}, keywords=KEYWORDS,
        directory_filter=is_ours,
    )  # fmt: skip
    pages = (path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    return frozenset(
        key if isinstance(key, str) else key[0] for _file, _line, key, _notes, _context in found
    ).union(*map(SPOKEN.findall, pages))


FILES = sorted((ROOT / "app/translations/uk/LC_MESSAGES").glob("*.po"))
CATALOGUE = catalogue(FILES, "uk")


def test_no_word_is_translated_twice() -> None:
    ids = [str(one.id) for path in FILES for one in catalogue([path], "uk") if one.id]

    assert sorted(ids) == sorted(set(ids))


def test_every_word_on_a_page_or_in_a_mail_has_its_ukrainian() -> None:
    translated = {message.id if isinstance(message.id, str) else message.id[0]
                  for message in CATALOGUE if message.id and message.string}  # fmt: skip

    assert used() - translated == set()


def test_no_ukrainian_is_left_over() -> None:
    translated = {message.id if isinstance(message.id, str) else message.id[0]
                  for message in CATALOGUE if message.id}  # fmt: skip

    assert translated - used() == set()


def keeps_its_blanks(message: Message) -> bool:
    """Tell whether a translation fills the same blanks, whichever of its forms is used."""
    english = set(BLANK.findall(str(message.id)))
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    blanks = [set(BLANK.findall(form or "")) for form in forms]
    return all(found <= english for found in blanks) and english in blanks and not message.fuzzy


def test_a_translation_fills_the_same_blanks() -> None:
    assert [str(one.id) for one in CATALOGUE if one.id and not keeps_its_blanks(one)] == []


@pytest.mark.parametrize("ukrainian", ["%(many)s", "", "%(name)s %(more)s"])
def test_one_that_does_not_is_found(ukrainian: str) -> None:
    assert not keeps_its_blanks(Message("To %(name)s", ukrainian))
