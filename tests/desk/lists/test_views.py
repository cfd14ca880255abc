"""The pages of newsletters: made, changed, renamed, ordered, closed, placed, looked at."""

import io
import re
from datetime import date
from html import unescape

import pytest
from PIL import Image as Pictures
from sqlalchemy import select

from app.articles.models import Image
from app.core.database import Database
from app.core.seen import mark_of
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.lists import all_lists
from app.newsletters.models import ArticleForm, Newsletter, SectionForm, Subscription
from app.people.audit import AuditEntry
from tests.articles.making import make_article, make_edition, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.memberships.making import NOW, make_person
from tests.newsletters.making import make_list

TIDE = {
    "slug": "tide",
    "name-en": "Tide",
    "name-uk": "Приплив",
    "description-en": "About water.",
    "cadence-en": "Daily",
    "language": "en",
    "open": "on",
    "listed": "on",
}


@pytest.fixture
def here(database: Database, desk: SitDown) -> Desk:
    """Somebody of the membership role, at a newsroom of lists, articles and one reader."""
    with database.write() as session:
        make_newsroom(session)
        make_article(session)
        make_edition(session)
        for place, slug in enumerate(("daily", "weekly"), 1):
            make_list(session, slug, position=place)
        daily = session.scalars(select(Newsletter).where(Newsletter.slug == "daily")).one()
        ann = make_person(session, "ann@post.example")
        times = {"created_at": NOW, "asked_at": NOW, "confirmed_at": NOW}
        session.add(Subscription(person_id=ann, newsletter_id=daily.id, state="confirmed", **times))
        today = {"day": date(2026, 11, 23), "from_path": "", "form": "list"}
        session.add(FunnelDay(newsletter_id=daily.id, seen=90, asked=9, confirmed=6, **today))
        session.commit()
    return desk("membership")


def lists_of(here: Desk) -> list[str]:
    with here.database.read() as session:
        return [one.slug for one in all_lists(session)]


def deeds(here: Desk) -> list[AuditEntry]:
    with here.database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_the_list_of_lists_says_how_each_stands(here: Desk) -> None:
    assert "1 Daily Every day English open 1 0 0" in words_of(here.get("/desk/newsletters/"))


@pytest.mark.parametrize("typed", ["daily", "DAILY", "dai"])
def test_a_list_is_found_by_its_name_and_by_its_address(here: Desk, typed: str) -> None:
    here.post("/desk/newsletters/new/", **{**TIDE, "name-en": "Daily water"})
    page = words_of(here.get(f"/desk/newsletters/?q={typed}"))
    assert "2 rows" in page
    assert "Daily water" in page
    assert "Weekly" not in page


def test_a_list_is_made_with_all_that_was_written_and_written_down(here: Desk) -> None:
    answer = here.post("/desk/newsletters/new/", **TIDE)
    assert answer.location == "/desk/newsletters/tide/"
    page = words_of(here.get(answer.location))

    assert "The newsletter is there." in page
    assert "About water." in page
    assert lists_of(here) == ["daily", "weekly", "tide"]
    assert (deeds(here)[-1].what, deeds(here)[-1].after["slug"]) == ("newsletter.made", "tide")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("slug", "daily", "Another list has this address, or had it."),
        ("slug", "Not a slug", "Use small Latin letters"),
        ("name-en", "", "It is missing in English"),
        ("reply_to", "nobody", "It is no email address."),
    ],
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_is_kept(
    here: Desk, field: str, value: str, sentence: str
) -> None:
    answer = here.post("/desk/newsletters/new/", **{**TIDE, field: value})

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert 'value="Приплив"' in answer.text
    assert lists_of(here) == ["daily", "weekly"]


def test_a_sign_that_no_text_has_is_left_out(here: Desk) -> None:
    fields = {name: f"{one}\0" for name, one in TIDE.items()}
    answer = here.post("/desk/newsletters/new/", **fields)
    assert answer.location == "/desk/newsletters/tide/"
    assert here.post("/desk/newsletters/new/", **{**TIDE, "author": "a\0b"}).status_code == 422


def test_a_changed_address_leads_on_and_only_what_changed_is_written_down(here: Desk) -> None:
    fields = {**TIDE, "slug": "morning", "name-en": "Daily", "name-uk": "Daily українською"}
    del fields["open"]  # it is closed by a page of its own, which asks
    answer = here.post("/desk/newsletters/daily/edit/", **fields)
    assert answer.location == "/desk/newsletters/morning/"

    assert "lead here too: daily" in words_of(here.get(answer.location))
    assert here.client.get("/newsletters/daily/").location == "/newsletters/morning/"
    assert deeds(here)[-1].before["slug"] == "daily"
    assert not {"name", "open"} & set(deeds(here)[-1].before)


def picture(width: int = 800) -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Pictures.new("RGB", (width, 400), "navy").save(data, "PNG")
    data.seek(0)
    return data, "sea.png"


def test_a_picture_is_taken_with_the_words_that_say_what_it_shows(here: Desk) -> None:
    path = "/desk/newsletters/daily/edit/"
    fields = {**TIDE, "slug": "daily"}
    refused = here.post(path, **fields, picture=picture())
    assert "what the picture shows" in words_of(refused)
    small = here.post(path, **fields, picture=picture(100), **{"alt-en": "The sea."})
    assert "at least 640 pixels" in words_of(small)
    here.post(path, **fields, picture=picture(), **{"alt-en": "The sea."})
    with here.database.read() as session:
        (read, *_others) = all_lists(session)
        assert read.picture is not None
        assert read.picture.alt == {"en": "The sea."}
    here.post(path, **fields, **{"alt-en": "The sea at noon.", "alt-uk": "Море опівдні."})
    with here.database.read() as session:
        shown = session.scalars(select(Image).where(Image.key.startswith("list-"))).one()
        assert shown.alt == {"en": "The sea at noon.", "uk": "Море опівдні."}


def test_closing_asks_first_and_is_taken_back_by_the_notice(here: Desk) -> None:
    asked = words_of(here.get("/desk/newsletters/daily/close/"))
    assert "Close Daily: it takes no sign-ups any more." in asked
    assert "Its 1 subscribers stay" in asked
    page = here.get(here.post("/desk/newsletters/daily/close/").location)
    assert 'action="/desk/newsletters/daily/open/"' in page.text
    here.post("/desk/newsletters/daily/open/")

    assert [one.what for one in deeds(here)] == ["newsletter.closed", "newsletter.opened"]
    assert deeds(here)[-1].after == {"open": True}


def test_lists_are_ordered_by_buttons_by_dragging_and_back(here: Desk) -> None:
    path, seen = "/desk/newsletters/order/", mark_of(["daily", "weekly"])
    moved = here.post(path, order="daily,weekly", move="down:daily", seen=seen)
    assert lists_of(here) == ["weekly", "daily"]
    undo = re.search(r'action="(/desk/newsletters/order/[^"]+)"', here.get(moved.location).text)
    assert undo is not None
    assert here.post(path, order="daily,weekly", seen=seen).status_code == 409
    assert lists_of(here) == ["weekly", "daily"]
    here.post(unescape(undo[1]))

    assert lists_of(here) == ["daily", "weekly"]
    assert deeds(here)[-1].after == {"order": ["daily", "weekly"]}


def test_its_form_is_put_into_sections_and_taken_out(here: Desk) -> None:
    path = "/desk/newsletters/daily/sections/"
    with here.database.read() as session:
        section = words_of(here.get(path))
    assert "pages in English" in section
    here.post(path, place="economy/en")
    with here.database.read() as session:
        placed = session.scalars(select(SectionForm)).all()
        assert [one.language for one in placed] == ["en"]
    here.post(path)
    assert "place=economy/en" in here.get(path).text.replace("%2F", "/")  # the notice's undo
    with here.database.read() as session:
        assert session.scalars(select(SectionForm)).all() == []


def test_its_form_is_put_on_an_article_and_taken_off(here: Desk) -> None:
    listed = here.get("/desk/newsletters/daily/articles/")
    start = listed.text.index("/desk/newsletters/daily/articles/", listed.text.index("<tbody>"))
    path = listed.text[start : listed.text.index('"', start)]
    assert "Put the form of Daily on" in words_of(here.get(path))
    here.post(path, stands="yes")
    with here.database.read() as session:
        assert len(session.scalars(select(ArticleForm)).all()) == 1
    assert "Take the form of Daily off" in words_of(here.get(path))
    here.post(path, stands="")
    with here.database.read() as session:
        assert session.scalars(select(ArticleForm)).all() == []


def test_subscribers_are_for_the_membership_role(here: Desk, desk: SitDown) -> None:
    path = "/desk/newsletters/daily/subscribers/"
    found = words_of(here.get(f"{path}?q=ANN@&state=confirmed"))
    editor = desk("editor")

    assert "ann@post.example" in found
    assert editor.get(path).status_code == 403
    assert "subscribers/" not in editor.get("/desk/newsletters/daily/").text
    assert "ann@post.example" in here.get(f"{path}?as=csv").text


def test_days_are_listed_with_their_definitions_and_say_that_they_lag(here: Desk) -> None:
    said = words_of(here.get("/desk/newsletters/daily/days/"))

    assert "23 Nov 2026 90 9 0 6 0 67% (35% – 88%)" in said
    assert "every ten minutes: it may lag" in said
    assert "People who confirmed what they had asked for" in said


def test_the_mails_are_shown_as_readers_get_them_locked_up(here: Desk) -> None:
    here.post("/desk/newsletters/daily/edit/", **{**TIDE, "slug": "daily", "welcomes": "on"})
    page = here.get("/desk/newsletters/daily/preview/")
    mail = here.get("/desk/newsletters/daily/preview/welcome/uk")

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Subscribe to Tide" in page.text
    assert "Приплив" in mail.text
    assert mail.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert here.get("/desk/newsletters/daily/preview/receipt/en").status_code == 404
