"""What another site pastes."""

from collections.abc import Mapping
from types import MappingProxyType

from app.newsletters.embeds.markup import embed_html
from app.newsletters.queries import List

OURS = "https://paper.test"


def a_list(slug: str, name: str) -> List:
    nothing: Mapping[str, str] = MappingProxyType({})
    names = {"en": name, "uk": f"{name} українською"}
    return List(1, slug, names, nothing, nothing, open=True, welcomes=False)


DAILY, WEEKLY = a_list("daily", "The Daily"), a_list("weekly", 'A "week" & more')


def test_several_lists_are_ticked_one_by_one() -> None:
    form = embed_html(OURS, "en", [DAILY, WEEKLY], together=False)

    assert 'action="https://paper.test/newsletters/subscribe"' in form
    assert form.count('type="checkbox"') == 2
    assert "A &#34;week&#34; &amp; more</label>" in form
    assert "data-lists" not in form
    assert "checked" not in form


def test_one_list_or_all_together_stand_in_the_address_as_well_as_for_the_script() -> None:
    one = embed_html(OURS, "en", [DAILY], together=False)
    both = embed_html(OURS, "en", [DAILY, WEEKLY], together=True)

    assert 'action="https://paper.test/newsletters/subscribe?list=daily"' in one
    assert ">Subscribe to The Daily</button>" in one
    assert "subscribe?list=daily&amp;list=weekly" in both
    assert 'data-lists="daily weekly"' in both
    assert "checkbox" not in one + both


def test_a_ukrainian_form_is_ukrainian_and_leads_to_ukrainian_pages() -> None:
    form = embed_html(OURS, "uk", [DAILY], together=False)

    assert 'action="https://paper.test/uk/newsletters/subscribe' in form
    assert 'data-language="uk" lang="uk"' in form
    assert "Електронна адреса" in form


def test_nothing_in_it_needs_leave_from_a_strict_policy() -> None:
    form = embed_html(OURS, "en", [DAILY, WEEKLY], together=False)

    assert "style" not in form
    assert " on" not in form.replace(" on ", "")
    assert form.count("<script") == form.count('<script src="https://paper.test/embed.js" defer>')
