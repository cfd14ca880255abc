"""How we count, in public."""

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
