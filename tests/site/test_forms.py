"""Forms on articles: those chosen for the article, else those of its section, else none."""

from app.newsletters import arranging
from tests.articles.making import make_edition
from tests.site.making import Page, Reader, make_list


def prepared(reader: Reader, **chosen: list[str]) -> str:
    """Publish an article at a newsroom of three lists; return its path."""
    with reader.database.write() as session:
        for position, slug in enumerate(("daily", "weekly", "monthly"), 1):
            make_list(session, slug, position)
        edition = make_edition(session)
        if "section" in chosen:
            arranging.set_section_forms(session, "economy", "en", chosen["section"])
        if "article" in chosen:
            arranging.set_forms(session, "grain", "en", chosen["article"])
        session.commit()
        return reader.path_of(edition)


def forms(reader: Reader, path: str) -> list[str]:
    """Return the lists whose forms a page has, in its order."""
    posts = Page(reader.text(path)).all("form", **{"class": "signup"})
    return [one["action"].split("/")[-2] for one in posts]


def test_without_any_choice_there_is_no_form(reader: Reader) -> None:
    assert forms(reader, prepared(reader)) == []


def test_an_article_has_the_forms_of_its_section_in_their_order(reader: Reader) -> None:
    assert forms(reader, prepared(reader, section=["weekly", "daily"])) == ["weekly", "daily"]


def test_what_was_chosen_for_the_article_goes_before_its_section(reader: Reader) -> None:
    path = prepared(reader, section=["weekly", "daily"], article=["monthly"])
    assert forms(reader, path) == ["monthly"]


def test_taking_the_choice_back_brings_those_of_the_section(reader: Reader) -> None:
    path = prepared(reader, section=["weekly"], article=["monthly"])
    assert forms(reader, path) == ["monthly"]
    with reader.database.write() as session:
        arranging.set_forms(session, "grain", "en", [])
        session.commit()
    assert forms(reader, path) == ["weekly"]


def test_a_closed_list_vanishes_from_a_kept_page(reader: Reader) -> None:
    path = prepared(reader, section=["weekly", "daily"])
    assert len(forms(reader, path)) == 2
    with reader.database.write() as session:
        arranging.set_open(session, "weekly", is_open=False)
        session.commit()
    assert forms(reader, path) == ["daily"]


def test_each_language_has_forms_of_its_own(reader: Reader) -> None:
    prepared(reader, section=["weekly"])
    with reader.database.write() as session:
        edition = make_edition(session, language="uk")
        arranging.set_section_forms(session, "economy", "uk", ["daily"])
        session.commit()
        path = reader.path_of(edition)
    assert forms(reader, path) == ["daily"]


def test_another_section_is_not_touched(reader: Reader) -> None:
    path = prepared(reader)
    with reader.database.write() as session:
        arranging.set_section_forms(session, "culture", "en", ["daily"])
        session.commit()
    assert forms(reader, path) == []


def test_a_refused_form_of_a_section_is_shown_on_the_article(reader: Reader) -> None:
    path = prepared(reader, section=["weekly"])
    answer = reader.client.post(
        "/newsletters/weekly/subscribe", data={"email": "ann@", "from": path}
    )
    assert answer.status_code == 422
    assert 'value="ann@"' in answer.text
    assert "grain" in answer.text.lower()
