"""Addresses made from headlines."""

import pytest

from app.articles.service import SLUG
from app.articles.slugs import slug_of


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Grain leaves the port again", "grain-leaves-the-port-again"),
        ("“Nobody asked us”, she says: 3 years on", "nobody-asked-us-she-says-3-years-on"),
        ("Згорів млин у Їжаківцях", "zghoriv-mlyn-u-yizhakivtsiakh"),
        ("Щастя, Знам’янка і Юрій", "shchastia-znamianka-i-yurii"),
        ("«Єдина» надія", "yedyna-nadiia"),
        ("Café in Łódź", "cafe-in-lodz"),
        ("…", ""),
    ],
)
def test_a_headline_becomes_an_address(headline: str, slug: str) -> None:
    assert slug_of(headline) == slug
    assert not slug or SLUG.fullmatch(slug)


def test_a_long_headline_is_cut_between_two_words() -> None:
    slug = slug_of("one two three four five " * 10)

    assert len(slug) <= 80
    assert slug.endswith(("one", "two", "three", "four", "five"))
