"""Making, changing, closing and ordering lists, and putting their forms on articles."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.service import UnknownReferenceError
from app.articles.versions import content_version
from app.core.errors import FieldError
from app.core.seen import ChangedMeanwhileError, mark_of
from app.newsletters import arranging
from app.newsletters.arranging import TAKEN, ListFacts
from app.newsletters.lists import all_lists
from app.newsletters.models import Newsletter
from app.newsletters.queries import read_lists
from tests.articles.making import make_newsroom
from tests.newsletters.making import Newsroom


def facts(**others: Any) -> ListFacts:  # noqa: ANN401 - any fact
    usual: dict[str, Any] = {
        "slug": "tide",
        "position": None,
        "name": {"en": "Tide"},
        "description": {"en": "About water."},
        "cadence": {"en": "Daily"},
        "language": "en",
    }
    return ListFacts(**{**usual, **others})


def slugs(session: Session) -> list[str]:
    return [one.slug for one in all_lists(session)]


def test_a_list_keeps_all_that_staff_say_of_it(session: Session) -> None:
    make_newsroom(session)
    arranging.save_list(
        session,
        facts(
            author="ada",
            picture="ship",
            members_only=True,
            welcomes=True,
            sender_name={"en": "Ada at Tide"},
            reply_to="tide@post.example",
        ),
    )

    (read,), (sent,) = all_lists(session), read_lists(session)
    assert (read.author, read.members_only, read.open) == ("ada", True, True)
    assert read.picture is not None
    assert read.picture.alt == {"en": "A ship at a quay."}
    assert (sent.senders["en"], sent.reply_to) == ("Ada at Tide", "tide@post.example")
    assert sent.welcomes


def test_saving_again_changes_it_and_what_is_left_out_goes(session: Session) -> None:
    make_newsroom(session)
    arranging.save_list(session, facts(author="ada", picture="ship", reply_to="a@post.example"))
    arranging.save_list(session, facts(name={"en": "Ebb"}))

    (read,) = all_lists(session)
    assert (read.name, read.author, read.picture) == ({"en": "Ebb"}, None, None)
    assert read_lists(session)[0].reply_to == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Not a slug"),
        ("slug", "preferences"),
        ("slug", "a" * 81),
        ("name", {"uk": "Лише українською"}),
        ("name", {"en": "x" * 121}),
        ("name", {"en": "Two\nlines"}),
        ("name", {"en": "Tide", "fr": "Marée"}),
        ("description", {"en": " "}),
        ("cadence", {}),
        ("language", "fr"),
        ("position", -1),
        ("author", "nobody"),
        ("picture", "nothing"),
        ("sender_name", {"en": "Tide <x@post.example>"}),
        ("sender_name", {"en": 'A "B" C'}),
        ("sender_name", {"uk": "Без англійської"}),
        ("reply_to", "not an address"),
        ("reply_to", "a@post.example\r\nBcc: b@post.example"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(
    session: Session, field: str, value: object
) -> None:
    with pytest.raises(FieldError) as told:
        arranging.save_list(session, facts(**{field: value}))
    assert told.value.field == field
    assert slugs(session) == []


def test_a_new_list_goes_to_the_end_and_a_change_leaves_it_there(session: Session) -> None:
    for slug in ("one", "two", "three"):
        arranging.save_list(session, facts(slug=slug))
    arranging.save_list(session, facts(slug="one", name={"en": "First"}))
    assert slugs(session) == ["one", "two", "three"]


def test_lists_are_ordered_and_the_others_follow(session: Session) -> None:
    for slug in ("one", "two", "three", "four"):
        arranging.save_list(session, facts(slug=slug))
    arranging.order_lists(session, ["four", "two", "four"])
    assert slugs(session) == ["four", "two", "one", "three"]


def test_every_change_moves_the_version_of_the_pages(session: Session) -> None:
    make_newsroom(session)
    seen = [content_version(session)]
    for change in (
        lambda: arranging.save_list(session, facts()),
        lambda: arranging.set_open(session, "tide", is_open=False),
        lambda: arranging.order_lists(session, ["tide"]),
        lambda: arranging.set_section_forms(session, "economy", "en", ["tide"]),
    ):
        change()
        seen.append(content_version(session))
    assert seen == sorted(set(seen))


def test_an_order_made_from_another_one_is_not_set(session: Session) -> None:
    for slug in ("one", "two"):
        arranging.save_list(session, facts(slug=slug))
    seen = mark_of(["one", "two"])
    for order, mark in ((["two"], seen), (["two", "one", "tide"], seen), (["two", "one"], "")):
        with pytest.raises(ChangedMeanwhileError):
            arranging.order_lists(session, order, mark)
    arranging.order_lists(session, ["two", "one"], seen)
    assert slugs(session) == ["two", "one"]


@pytest.mark.parametrize("act", ["open", "order", "section"])
def test_a_list_that_is_not_there_is_told(session: Session, act: str) -> None:
    make_newsroom(session)
    acts = {
        "open": lambda: arranging.set_open(session, "gone", is_open=True),
        "order": lambda: arranging.order_lists(session, ["gone"]),
        "section": lambda: arranging.set_section_forms(session, "economy", "en", ["gone"]),
    }
    with pytest.raises(UnknownReferenceError, match="no newsletter gone"):
        acts[act]()


def test_a_section_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(UnknownReferenceError, match=r"no section gone. There are: none yet."):
        arranging.set_section_forms(session, "gone", "en", [])


def test_no_list_can_take_an_address_of_our_own(newsroom: Newsroom) -> None:
    assert own_parts(newsroom.client.application) <= TAKEN


def own_parts(app: Flask) -> set[str]:
    """Return what stands behind `/newsletters/` in addresses of ours."""
    paths = [rule.rule.removeprefix("/<any(uk):language>") for rule in app.url_map.iter_rules()]
    ours = [path.split("/")[2] for path in paths if path.startswith("/newsletters/")]
    return {part for part in ours if part and not part.startswith("<")}


def test_a_closed_list_keeps_its_readers_and_opens_again(session: Session) -> None:
    arranging.save_list(session, facts())
    arranging.set_open(session, "tide", is_open=False)
    assert not session.query(Newsletter).one().open
    arranging.set_open(session, "tide", is_open=True)
    assert session.query(Newsletter).one().open
