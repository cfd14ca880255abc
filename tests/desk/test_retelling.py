"""Sentences kept in English, told again in Ukrainian on Ukrainian pages."""

import pytest
from flask import Flask

from app.core.retelling import Retelling
from app.desk.house.dns_words import FINDINGS
from app.desk.imports.reasons import REASONS


@pytest.mark.parametrize(
    ("known", "english", "ukrainian"),
    [
        (REASONS, "Since is empty", "Since порожнє"),
        (REASONS, "the same address and list as in line 2", "та сама адреса й той самий"),
        (REASONS, "3 values where the header has 2", "значень: 3, а в заголовку: 2"),
        (FINDINGS, "a.org has 2 keys: leave the one in use.", "a.org має ключів: 2."),
        (FINDINGS, "Something that nobody wrote down.", "Something that nobody wrote down."),
    ],
)
def test_a_kept_sentence_is_told_in_the_language_of_the_page(
    known: Retelling, english: str, ukrainian: str
) -> None:
    app = Flask("bare")
    with app.test_request_context("/uk/desk/"):
        assert known.told(english).startswith(ukrainian)
    with app.test_request_context("/desk/"):
        assert known.told(english) == english
