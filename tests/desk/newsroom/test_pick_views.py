"""Picks at the desk: moved, added, removed, put back, and never overwritten."""

import pytest

from app.articles import arranging
from app.core.seen import mark_of
from app.desk.ordering import moved, readable
from tests.articles.making import make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of

PICKS = "/desk/picks/"
ORDER = ["grain", "orchard", "court"]


@pytest.fixture
def at(desk: SitDown) -> Desk:
    """An editor with three picks and an article more."""
    editor = desk("editor")
    with editor.database.write() as session:
        make_newsroom(session)
        for key in (*ORDER, "night"):
            make_edition(session, key)
        arranging.set_picks(session, ORDER)
        session.commit()
    return editor


def keys(at: Desk) -> list[str]:
    with at.database.read() as session:
        return arranging.picked_keys(session)


def sent(*order: str, **others: str) -> dict[str, str]:
    return {"order": ",".join(order), "seen": mark_of(ORDER), **others}


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("up:court", ["grain", "court", "orchard"]),
        ("down:grain", ["orchard", "grain", "court"]),
        ("up:grain", ORDER),
        ("down:court", ORDER),
        ("up:nothing", ORDER),
        ("", ORDER),
    ],
)
def test_a_button_moves_one_place(move: str, order: list[str]) -> None:
    assert moved(readable("grain,orchard,,court,grain"), move) == order


def test_a_moved_pick_keeps_the_focus_and_readers_see_it(at: Desk) -> None:
    answer = at.post(PICKS, **sent(*ORDER, move="up:court"))
    page = at.get(answer.location)

    assert keys(at) == ["grain", "court", "orchard"]
    assert 'value="up:court" autofocus' in page.text
    front = at.get(f"{PICKS}preview/")
    assert "frame-ancestors 'self'" in front.headers["Content-Security-Policy"]
    assert front.text.index("/court-en/") < front.text.rindex("/orchard-en/")


def test_a_dragged_order_is_set_whole(at: Desk) -> None:
    at.post(PICKS, **sent("court", "grain", "orchard"))

    assert keys(at) == ["court", "grain", "orchard"]


def test_a_pick_is_found_added_removed_and_put_back(at: Desk) -> None:
    assert 'name="add" value="night"' in at.get(f"{PICKS}?find=NIGHT").text
    at.post(PICKS, **sent(*ORDER, add="night"))
    at.post(PICKS, order=",".join(keys(at)), seen=mark_of(keys(at)), remove="grain")
    assert keys(at) == ["orchard", "court", "night"]

    assert f'action="{PICKS}put-back/grain/0/"' in at.get(PICKS).text
    at.post(f"{PICKS}put-back/grain/0/")
    assert keys(at) == [*ORDER, "night"]


def test_the_picks_are_taken_along_in_their_order(at: Desk) -> None:
    rows = at.get(f"{PICKS}?as=csv").text.split()

    assert [row.split(",")[1] for row in rows if row[0].isdigit()] == ORDER


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(at: Desk) -> None:
    at.post(PICKS, **sent("court", "orchard", "grain"))
    page = at.post(PICKS, **sent(*ORDER, remove="grain"))

    assert page.status_code == 409
    assert "Somebody else has changed the picks" in words_of(page)
    assert keys(at) == ["court", "orchard", "grain"]
    assert at.post(PICKS, order="x", seen=mark_of(keys(at))).status_code == 404


def test_the_picks_are_searched_sorted_and_taken_along(at: Desk) -> None:
    file = at.get(f"{PICKS}?as=csv&sort=-place").text.splitlines()

    assert [line.split(",")[1] for line in file] == ["article", "court", "orchard", "grain"]
    page = at.get(f"{PICKS}?q=orch").text
    assert 'aria-sort="ascending"' in page
    assert "1 row<" in page
