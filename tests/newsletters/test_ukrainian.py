"""Every sentence of sign-up and its mails is there in Ukrainian."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from app.core.languages import translations

ROOT = Path(__file__).parent.parent.parent
PYTHON, JINJA = [("**.py", "python")], [("**.*", "jinja2")]
BLANK = re.compile(r"%\(\w+\)[sd]")
PLACES = [
    ("app/newsletters", PYTHON),
    ("app/mail", PYTHON),
    ("templates/newsletters", JINJA),
    ("templates/mail", JINJA),
]


@pytest.mark.parametrize(("folder", "methods"), PLACES)
def test_nothing_is_left_in_english(folder: str, methods: list[tuple[str, str]]) -> None:
    words = {"_": None, "gettext": None}
    found = [str(one[2]) for one in extract_from_dir(ROOT / folder, methods, keywords=words)]
    ukrainian = translations("uk")
    said = [text for text in found if re.search(r"\w", BLANK.sub("", text))]
    assert [text for text in said if ukrainian.gettext(text) == text] == []
    assert found or folder == "app/mail"
