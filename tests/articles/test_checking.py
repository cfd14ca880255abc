"""What stands in the way of publishing, and where it is put right."""

from dataclasses import replace

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.articles.checking import Surroundings, faults
from app.articles.drafting import Words
from app.articles.models import ArticleAuthor, Image
from tests.articles.editing import WORDS, Newsroom
from tests.articles.making import make_draft, make_edition

AROUND = Surroundings("https://post.example", lambda path: path in {"/goal/", "/"})


@pytest.fixture
def room(session: Session) -> Newsroom:
    make_room = Newsroom(session)
    make_edition(session, "port", slug="port")
    make_draft(session, "hidden")
    return make_room


def found(room: Newsroom, **words: str) -> list[tuple[str, str, str]]:
    wanted: Words = replace(WORDS, **words)
    return [
        (one.kind, one.field, one.detail)
        for one in faults(room.session, room.edition, wanted, AROUND)
    ]


def test_nothing_stands_in_the_way_of_a_whole_article(room: Newsroom) -> None:
    body = (
        "[a](article:port) [b](/2026/11/port/) [c](https://post.example/goal/#how)"
        " [d](https://elsewhere.example/x) [e](mailto:a@post.example)\n\n![A ship](/media/a.webp)"
    )

    assert found(room, body=body) == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"headline": ""}, ("no-headline", "headline", "")),
        ({"dek": ""}, ("no-dek", "dek", "")),
        ({"body": "## Only a heading"}, ("no-body", "body", "")),
        ({"slug": ""}, ("no-slug", "slug", "")),
        ({"slug": "Not Plain"}, ("bad-slug", "slug", "Not Plain")),
        ({"slug": "port"}, ("taken-slug", "slug", "port")),
        ({"related": "none"}, ("no-related", "related", "none")),
        ({"related": "grain"}, ("no-related", "related", "grain")),
        ({"body": "See [here]()."}, ("empty-link", "body", "here")),
        ({"body": "See [here](#)."}, ("empty-link", "body", "here")),
        ({"body": "See [](https://a.example) it."}, ("wordless-link", "body", "https://a.example")),
        ({"body": "[x](article:none)"}, ("broken-link", "body", "article:none")),
        ({"body": "[x](article:hidden)"}, ("broken-link", "body", "article:hidden")),
        ({"body": "[x](/2026/11/none/)"}, ("broken-link", "body", "/2026/11/none/")),
        ({"body": "[x](/uk/2026/11/port/)"}, ("broken-link", "body", "/uk/2026/11/port/")),
        ({"body": "[x](/nowhere/)"}, ("broken-link", "body", "/nowhere/")),
        (
            {"body": "[x](https://post.example/nowhere/)"},
            ("broken-link", "body", "https://post.example/nowhere/"),
        ),
        ({"body": "Words. ![](/media/a.webp)"}, ("no-picture-alt", "body", "a.webp")),
    ],
)
def test_a_fault_is_named_with_its_field(
    room: Newsroom, words: dict[str, str], fault: tuple[str, str, str]
) -> None:
    assert found(room, **words) == [fault]


def test_an_article_needs_somebody_who_wrote_it(room: Newsroom, session: Session) -> None:
    session.execute(delete(ArticleAuthor))

    assert found(room) == [("no-byline", "authors", "")]


def test_the_picture_at_its_head_says_what_it_shows_in_the_language(
    room: Newsroom, session: Session
) -> None:
    uk = make_draft(session, language="uk")
    kinds = {one.kind for one in faults(session, uk, replace(WORDS, body="Своє."), AROUND)}
    session.get_one(Image, 1).alt = {"en": "A ship.", "uk": "Корабель."}
    session.flush()

    assert kinds == {"no-hero-alt"}
    assert faults(session, uk, replace(WORDS, body="Своє."), AROUND) == []


def test_a_translation_is_not_the_other_language_s_text(room: Newsroom, session: Session) -> None:
    uk = make_draft(session, language="uk")
    kinds = {one.kind for one in faults(session, uk, WORDS, AROUND)}

    assert "untranslated" in kinds


def test_what_must_be_put_right_stands_first(room: Newsroom) -> None:
    words = replace(WORDS, dek="", body="[x](/nowhere/) [](/goal/)")

    musts = [one.must for one in faults(room.session, room.edition, words, AROUND)]
    assert musts == [True, False, False]
