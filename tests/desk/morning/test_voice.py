"""Numbers as a language writes them."""

import pytest
from babel.numbers import format_decimal

from app.desk.morning.voice import grouped


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("number", [0, 999, 1000, 18_412, 1_234_567, 0.5, 1234.5])
def test_a_number_is_written_as_its_language_does(language: str, number: float) -> None:
    assert grouped(number, language) == format_decimal(number, locale=language)
