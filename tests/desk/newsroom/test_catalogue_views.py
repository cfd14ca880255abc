"""Sections, authors and tags at the desk."""

import pytest
from sqlalchemy import select

from app.articles import catalogue, cataloguing
from app.articles.cataloguing import Entry
from app.core.seen import mark_of
from app.people.audit import AuditEntry
from tests.articles.making import make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of


@pytest.fixture
def at(desk: SitDown) -> Desk:
    """An editor of a newsroom with an article."""
    editor = desk("editor")
    with editor.database.write() as session:
        make_newsroom(session)
        make_edition(session)
        session.commit()
    return editor


def found(at: Desk, kind: str, slug: str) -> Entry:
    with at.database.read() as session:
        return cataloguing.find_entry(session, kind, slug)


def last_deed(at: Desk) -> AuditEntry:
    with at.database.read() as session:
        newest = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)
        return session.scalars(newest).one()


@pytest.mark.parametrize("kind", ["section", "author", "tag"])
def test_one_is_made_changed_and_removed(at: Desk, kind: str) -> None:
    at.post(f"/desk/catalogue/{kind}/new/", slug="war", name_en="War", name_uk="Війна")
    assert "War" in words_of(at.get(f"/desk/{kind}s/?q=ВІЙНА"))

    seen = cataloguing.entry_mark(found(at, kind, "war"))
    page = f"/desk/catalogue/{kind}/war/"
    at.post(page, name_en="The war", seen=seen)
    assert found(at, kind, "war").name == {"en": "The war"}

    assert "Remove “The war”" in words_of(at.get(f"{page}remove/"))
    at.post(f"{page}remove/")
    assert at.get(page).status_code == 404
    assert (last_deed(at).what, last_deed(at).about) == (f"{kind}.removed", f"{kind}:war")


def test_the_log_does_not_name_an_author(at: Desk) -> None:
    at.post("/desk/catalogue/author/new/", slug="olha", name_en="Olha Prysiazhna")

    assert "Prysiazhna" not in str(last_deed(at).after)


@pytest.mark.parametrize(
    ("kind", "slug"), [("section", "economy"), ("author", "ada"), ("tag", "ports")]
)
def test_what_an_article_needs_is_not_removed(at: Desk, kind: str, slug: str) -> None:
    page = f"/desk/catalogue/{kind}/{slug}/remove/"
    assert "needed by 1 article" in words_of(at.get(page))

    assert at.post(page).status_code == 409
    assert found(at, kind, slug).slug == slug


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"slug": "join", "name_en": "Join"}, "The site itself uses this address."),
    ({"slug": "Has Spaces", "name_en": "Kept"}, "small Latin letters"),
    ({"slug": "war", "name_uk": "Kept"}, "The name in English is needed"),
]
"""What is typed, and the sentence that it gets."""


def test_bad_input_is_told_at_its_field(at: Desk) -> None:
    for fields, sentence in REFUSED:
        page = at.post("/desk/catalogue/section/new/", **fields)
        assert page.status_code == 422, sentence
        assert sentence in words_of(page)
        assert all(f'value="{value}"' in page.text for value in fields.values())


def test_the_second_of_two_editors_keeps_what_they_typed(at: Desk) -> None:
    seen = cataloguing.entry_mark(found(at, "tag", "ports"))
    at.post("/desk/catalogue/tag/ports/", name_en="Theirs", seen=seen)
    page = at.post("/desk/catalogue/tag/ports/", name_en="Mine", seen=seen)

    assert page.status_code == 409
    assert "it is called “Theirs” now" in words_of(page)
    assert 'value="Mine"' in page.text


def test_sections_are_moved_and_the_masthead_with_them(at: Desk) -> None:
    slugs = ["economy", "culture"]
    sent = {"order": ",".join(slugs), "seen": mark_of(slugs), "move": "up:culture"}
    at.post("/desk/sections/order/", **sent)

    with at.database.read() as session:
        assert [one.slug for one in catalogue.sections(session)] == ["culture", "economy"]
    assert at.post("/desk/sections/order/", **sent).status_code == 409
