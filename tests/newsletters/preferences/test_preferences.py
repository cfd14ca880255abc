"""The page of all settings: lists, pause, language, the file, and goodbye."""

import json
from typing import Any

import pytest

from app.composing import compose
from app.mail.suppression import COMPLAINT, suppress
from app.newsletters import mailing
from app.newsletters.models import Newsletter, Subscription
from app.newsletters.outside import OUTSIDE, NotErasedError, Outside, nobody
from app.newsletters.preferences.models import AddressChange, SettingsLink
from app.newsletters.queries import forget_lists
from app.people.models import EmailAddress, Person
from app.people.staff_errors import WorksHereError
from tests.newsletters.making import ANN, Newsroom, heading, moment, subjects
from tests.newsletters.preferences.setting import fresh_link, subscribed


@pytest.fixture
def link(newsroom: Newsroom) -> str:
    """Ann has confirmed `daily`, and has a fresh link."""
    subscribed(newsroom)
    return fresh_link(newsroom)


def saves(newsroom: Newsroom, link: str, *ticked: str, shown: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - an answer
    fields = {"list": list(ticked), "shown": list(shown or ("daily", "weekly", "closed"))}
    return newsroom.client.post(f"{link}/lists", data=fields)


def test_what_is_ticked_comes_and_what_is_not_ends(newsroom: Newsroom, link: str) -> None:
    answer = saves(newsroom, link, "weekly")
    newsroom.work()
    assert (answer.status_code, newsroom.states()) == (
        303, {"daily": "unsubscribed", "weekly": "confirmed"},
    )  # fmt: skip
    assert "Your newsletters are saved." in newsroom.client.get(answer.location).text
    assert {(one.what, one.form) for one in newsroom.consents()[-2:]} == {
        ("confirmed", "preferences"),
        ("unsubscribed", "preferences"),
    }
    assert subjects(newsroom.mails)[-1] == "Welcome to Weekly"


def test_saving_twice_changes_nothing_more(newsroom: Newsroom, link: str) -> None:
    saves(newsroom, link, "daily", "weekly")
    before = len(newsroom.consents())
    saves(newsroom, link, "daily", "weekly")
    assert len(newsroom.consents()) == before


def test_what_did_not_stand_on_the_page_stays(newsroom: Newsroom, link: str) -> None:
    saves(newsroom, link, "weekly", shown=("weekly",))
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_a_closed_list_can_be_left_and_not_had(newsroom: Newsroom, link: str) -> None:
    saves(newsroom, link, "daily", "closed")
    assert newsroom.states() == {"daily": "confirmed"}
    newsroom.change(Newsletter, open=False)
    forget_lists(newsroom.client.application.extensions["unwalled_database"])
    assert "Daily" in newsroom.client.get(link).text
    saves(newsroom, link)
    assert newsroom.states() == {"daily": "unsubscribed"}


def test_a_list_for_members_is_offered_and_not_given(newsroom: Newsroom, link: str) -> None:
    newsroom.change(Newsletter, members_only=True, open=True)
    forget_lists(newsroom.client.application.extensions["unwalled_database"])
    page = newsroom.client.get(link).text
    assert 'value="weekly" aria-describedby="list-weekly-about" disabled' in page
    saves(newsroom, link, "daily", "weekly")
    assert newsroom.states() == {"daily": "confirmed"}

    newsroom.client.application.extensions[OUTSIDE] = Outside(
        members=lambda _session, people, _now: set(people), forget=lambda _database, _person: None
    )
    saves(newsroom, link, "daily", "weekly")
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_what_was_pending_is_confirmed_by_ticking(newsroom: Newsroom, link: str) -> None:
    newsroom.change(Subscription, state="pending", confirmed_at=None)
    assert "checked" not in newsroom.client.get(link).text.partition("pause-heading")[0]
    saves(newsroom, link, "daily")
    assert newsroom.states() == {"daily": "confirmed"}


def test_after_a_complaint_nothing_can_be_added(newsroom: Newsroom, link: str) -> None:
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, COMPLAINT, moment(newsroom.database))
        session.commit()
    saves(newsroom, link, "daily", "weekly")
    assert newsroom.states() == {"daily": "confirmed"}


def test_the_mailbox_counts_as_proved(newsroom: Newsroom, link: str) -> None:
    newsroom.change(EmailAddress, verified_at=None)
    saves(newsroom, link, "daily")
    with newsroom.database.read() as session:
        assert session.query(EmailAddress).one().verified_at is not None


def mailed(newsroom: Newsroom) -> list[str]:
    with newsroom.database.read() as session:
        at, lists = moment(newsroom.database), newsroom.lists["daily"]
        found = mailing.recipients(session, newsroom.settings, lists, at, nobody)
        return [one.address for one in found]


def test_a_pause_stops_everything_and_ends_by_itself(newsroom: Newsroom, link: str) -> None:
    answer = newsroom.post(f"{link}/pause", weeks="2")
    page = newsroom.client.get(answer.location).text
    assert "Nothing comes until" in page
    assert mailed(newsroom) == []
    newsroom.advance(days=15)
    assert mailed(newsroom) == [ANN]
    assert newsroom.consents()[-1].what == "paused"


def test_a_pause_can_be_ended_at_once(newsroom: Newsroom, link: str) -> None:
    newsroom.post(f"{link}/pause", weeks="8")
    newsroom.post(f"{link}/pause", resume="1")
    newsroom.post(f"{link}/pause", resume="1")
    assert mailed(newsroom) == [ANN]
    assert [one.what for one in newsroom.consents()].count("resumed") == 1


@pytest.mark.parametrize("weeks", ["", "3", "-1", "9999999999", "2 ", "two"])
def test_a_pause_of_another_length_is_refused(newsroom: Newsroom, link: str, weeks: str) -> None:
    answer = newsroom.post(f"{link}/pause", weeks=weeks)
    assert answer.status_code == 422
    assert "Please choose how long." in answer.text
    assert mailed(newsroom) == [ANN]


def test_the_language_is_kept_and_the_page_follows(newsroom: Newsroom, link: str) -> None:
    answer = newsroom.post(f"{link}/language", language="uk")
    assert answer.location.startswith("/uk/newsletters/preferences/")
    assert "Відтепер пишемо" in newsroom.client.get(answer.location).text
    with newsroom.database.read() as session:
        assert session.query(Person).one().language == "uk"


@pytest.mark.parametrize("language", ["", "fr", "en\x00"])
def test_a_language_that_we_have_not_is_refused(
    newsroom: Newsroom, link: str, language: str
) -> None:
    answer = newsroom.post(f"{link}/language", language=language)
    assert answer.status_code == 422
    assert "Please choose a language." in answer.text


def test_everything_comes_in_one_file(newsroom: Newsroom, link: str) -> None:
    newsroom.post(f"{link}/address", email="new@post.example")
    answer = newsroom.post(f"{link}/export")
    found = json.loads(answer.text)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=my-data-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert found["addresses"][0]["address"] == ANN
    assert [one["newsletter"] for one in found["subscriptions"]] == ["daily"]
    assert found["address_changes"][0]["address"] == "new@post.example"
    assert {"consents", "mails", "sign_ups", "payments", "issues"} <= found.keys()


def test_erasing_wants_its_box_ticked(newsroom: Newsroom, link: str) -> None:
    answer = newsroom.post(f"{link}/erase")
    assert answer.status_code == 422
    assert "Please tick the box" in answer.text
    assert newsroom.states() == {"daily": "confirmed"}


def test_erasing_takes_out_every_address_and_the_link_dies(newsroom: Newsroom, link: str) -> None:
    newsroom.post(f"{link}/address", email="new@post.example")
    answer = newsroom.post(f"{link}/erase", sure="1")
    assert heading(newsroom.client.get(answer.location)) == "Everything is erased"
    assert newsroom.client.get(link).status_code == 410
    counts = [newsroom.count(one) for one in (EmailAddress, AddressChange, SettingsLink)]
    assert counts == [0, 0, 0]
    with newsroom.database.read() as session:
        assert session.query(Subscription).one().state == "unsubscribed"


def test_where_erasing_fails_it_says_so_and_nothing_is_gone(newsroom: Newsroom, link: str) -> None:
    def fail(_database: object, _person: int) -> None:
        raise NotErasedError("Stripe does not answer")

    newsroom.client.application.extensions[OUTSIDE] = Outside(nobody, fail)
    answer = newsroom.post(f"{link}/erase", sure="1")
    assert answer.status_code == 503
    assert "nothing was erased" in answer.text
    assert newsroom.client.get(link).status_code == 200


def test_staff_are_told_what_to_do_before_they_are_erased(newsroom: Newsroom, link: str) -> None:
    def refuse(_database: object, _person: int) -> None:
        raise WorksHereError("Whoever works here is not erased.")

    newsroom.client.application.extensions[OUTSIDE] = Outside(nobody, refuse)
    answer = newsroom.post(f"{link}/erase", sure="1")
    assert answer.status_code == 409
    assert "Have an administrator end that first" in answer.text


def test_what_was_told_before_erasing_stands_on_the_page(newsroom: Newsroom, link: str) -> None:
    page = newsroom.client.get(link).text
    for said in ("at Stripe", "Your newsletters end", "nothing more is charged", "for the law"):
        assert said in page


def test_an_application_has_what_stands_above(newsroom: Newsroom) -> None:
    app = compose(newsroom.settings, newsroom.database)
    assert isinstance(app.extensions[OUTSIDE], Outside)
