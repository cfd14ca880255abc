"""Ukrainian is complete beside English, and says the same with the same blanks."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from app.core.languages import catalogue

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r"%\(\w+\)[sd]")
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def is_ours(folder: str) -> bool:
    return not Path(folder).name.startswith((".", "instance", "tests"))


def used() -> set[str]:
    found = extract_from_dir(
        ROOT, METHODS, {"**": {"silent": "false"}}, keywords=KEYWORDS,
        directory_filter=is_ours,
    )  # fmt: skip
    return {
        key if isinstance(key, str) else key[0] for _file, _line, key, _notes, _context in found
    }


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


@pytest.mark.parametrize(
    "message", [one for one in CATALOGUE if one.id], ids=lambda one: str(one.id)
)
def test_a_translation_fills_the_same_blanks(message: Message) -> None:
    english = set(BLANK.findall(str(message.id)))
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]

    assert all(set(BLANK.findall(form or "")) <= english for form in forms)
    assert any(set(BLANK.findall(form or "")) == english for form in forms)
    assert not message.fuzzy
