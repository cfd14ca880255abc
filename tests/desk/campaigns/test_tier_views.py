"""Tiers at the desk, and the page for joining with them."""

import re

import pytest

from app.core.seen import mark_of
from app.memberships import tiering
from app.memberships.tiering import TierFacts
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.goal.making import make_campaign

TIERS = "/desk/tiers/"
SAIL = {"name_en": "Sail", "benefits_en": "An almanac\nAn evening", "least_EUR": "10"}


@pytest.fixture
def at(desk: SitDown) -> Desk:
    """A membership manager, and a campaign in euros."""
    manager = desk("membership")
    with manager.database.write() as session:
        make_campaign(session)
        session.commit()
    return manager


def kept(at: Desk) -> list[TierFacts]:
    with at.database.read() as session:
        return tiering.kept_tiers(session)


def test_a_tier_is_made_changed_and_removed(at: Desk) -> None:
    at.post(f"{TIERS}new/", key="sail", **SAIL)
    assert "Sail" in words_of(at.get(TIERS))
    (made,) = kept(at)
    assert (made.benefits, made.least) == ({"en": ["An almanac", "An evening"]}, {"EUR": 1000})

    seen = tiering.tier_mark(made)
    at.post(f"{TIERS}sail/", **{**SAIL, "name_en": "Mast"}, seen=seen)
    assert kept(at)[0].name == {"en": "Mast"}
    assert at.post(f"{TIERS}sail/", **SAIL, seen=seen).status_code == 409

    assert "Remove the tier “Mast”" in words_of(at.get(f"{TIERS}sail/remove/"))
    at.post(f"{TIERS}sail/remove/")
    assert kept(at) == []


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"least_EUR": "ten"}, "Please write the amount in digits"),
    ({"least_EUR": ""}, "begins with an amount in one currency"),
    ({"name_en": ""}, "The name in English is needed"),
    ({"key": "Not short"}, "small Latin letters"),
]
"""What is typed, and the sentence that it gets."""


def test_bad_input_is_told_at_its_field(at: Desk) -> None:
    for fields, sentence in REFUSED:
        page = at.post(f"{TIERS}new/", **{"key": "sail", **SAIL, **fields})
        assert page.status_code == 422, sentence
        assert sentence in words_of(page)
        assert "An almanac\nAn evening" in page.text

    assert kept(at) == []


def test_the_page_for_joining_is_looked_at_before_it_is_saved(at: Desk) -> None:
    typed = {**SAIL, "name_uk": "Вітрило", "least_EUR": "1,000", "typed_in": "en"}
    page = at.post(f"/uk{TIERS}preview/", key="sail", **typed, look="dark")

    assert page.status_code == 200
    assert "Вітрило" in words_of(page)
    assert re.search(r"від 1.?000.€ на місяць", words_of(page))
    assert 'href="/desk/look/dark/join.css"' in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert kept(at) == []


def test_what_cannot_be_shown_yet_says_why(at: Desk) -> None:
    page = at.post(f"{TIERS}preview/", **{**SAIL, "key": "sail", "least_EUR": "ten"})

    assert "Please write the amount in digits" in words_of(page)


def test_tiers_are_put_into_order(at: Desk) -> None:
    at.post(f"{TIERS}new/", key="sail", **SAIL)
    at.post(f"{TIERS}new/", **{**SAIL, "key": "oar"})
    sent = {"order": "sail,oar", "seen": mark_of(["sail", "oar"]), "move": "up:oar"}
    at.post(f"{TIERS}order/", **sent)

    assert [one.key for one in kept(at)] == ["oar", "sail"]
    assert at.post(f"{TIERS}order/", **sent).status_code == 409


def test_an_editor_reads_and_changes_nothing(at: Desk, desk: SitDown) -> None:
    at.post(f"{TIERS}new/", key="sail", **SAIL)
    editor = desk("editor")

    assert editor.get(f"{TIERS}sail/").status_code == 200
    assert "Sail" in words_of(editor.get(f"{TIERS}preview/"))
    assert editor.post(f"{TIERS}sail/", **SAIL).status_code == 403
    assert editor.get(f"{TIERS}sail/remove/").status_code == 403
