"""How we count, in public."""

import pytest

from app.articles.versions import bump
from app.core.clock import now
from app.payments import drift
from app.payments.drift import Difference
from app.site.chrome import NAME
from tests.site.making import Reader


def test_a_count_that_is_not_known_is_said_to_be_so(reader: Reader) -> None:
    page = reader.client.get("/goal/").get_data(as_text=True)

    assert "The number is not known at the moment" in page
    assert 'class="ruler"' not in page
    assert "How we count" in page


def test_ukrainian_readers_have_it_in_ukrainian(reader: Reader) -> None:
    page = reader.client.get("/uk/goal/").get_data(as_text=True)

    assert "Як ми рахуємо" in page
    assert "How we count" not in page


def compare(reader: Reader, differences: int) -> None:
    """Let a comparison with Stripe end with so many differences."""
    found = [Difference("invoice", f"in_{one}", "It is not here.") for one in range(differences)]
    with reader.database.write() as session:
        moment = now(session)
        drift.finish(session, drift.begin(session, moment), 7, found, moment)
        bump(session)
        session.commit()
    reader.app.extensions[NAME].watch.forget()


def test_before_there_was_a_comparison_none_is_spoken_of(reader: Reader) -> None:
    assert "Stripe" not in reader.client.get("/goal/").text


@pytest.mark.parametrize(
    ("differences", "words"),
    [(0, "no difference."), (1, "1 difference, which"), (1_200, "1,200 differences, which")],
)
def test_the_last_comparison_with_stripe_is_public(
    reader: Reader, differences: int, words: str
) -> None:
    reader.client.get("/goal/")
    compare(reader, differences)
    page = reader.client.get("/goal/").text

    assert "Last compared" in page
    assert words in page


@pytest.mark.parametrize(
    ("differences", "words"),
    [(0, "розбіжностей немає"), (1, "1 розбіжність"), (3, "3 розбіжності,"), (5, "5 розбіжностей")],
)
def test_it_is_said_in_ukrainian_too(reader: Reader, differences: int, words: str) -> None:
    compare(reader, differences)
    page = reader.client.get("/uk/goal/").text

    assert "Востаннє звірено" in page
    assert words in page
