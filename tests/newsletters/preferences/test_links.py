"""The link to all settings: for the mailbox alone, for an hour, the same answer to everybody."""

import re

import pytest
from sqlalchemy import event

from app.mail.suppression import COMPLAINT, suppress
from app.newsletters.preferences import answering
from app.newsletters.preferences import links as settings_links
from app.people.models import Person
from tests.newsletters.making import ANN, Newsroom, heading, moment, subjects
from tests.newsletters.preferences.setting import (
    SENT,
    asks_for_link,
    fresh_link,
    last_link,
    links,
    subscribed,
)

BOB = "bob@post.example"
FORM = "/newsletters/preferences/"


def way_to_one_list(newsroom: Newsroom) -> str:
    """Return the path of one list's settings, as the welcome mail of `weekly` has it."""
    subscribed(newsroom, ANN, "daily", "weekly")
    text = newsroom.mails_to(ANN)[-1].part("plain")
    found = re.search(r"Settings: http://localhost(/newsletters/preferences/\S+)", text)
    assert found is not None, text
    return found[1]


def test_whoever_is_known_gets_a_link_that_opens_their_settings(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    page = newsroom.client.get(fresh_link(newsroom))
    assert (page.status_code, heading(page)) == (200, "Your settings")
    assert ANN in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert subjects(newsroom.mails_to(ANN))[-1].startswith("Your settings at")


def test_whoever_is_not_known_gets_nothing_and_is_not_kept(newsroom: Newsroom) -> None:
    assert asks_for_link(newsroom, BOB).location == SENT
    (wish,) = links(newsroom)
    assert (newsroom.mails, wish.address_key, wish.person_id) == ([], None, None)


def test_known_and_unknown_get_the_same_answer_by_the_same_statements(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    seen: list[list[str]] = []
    event.listen(
        newsroom.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: seen[-1].append(statement),
    )
    answers = []
    for address in (ANN, BOB):
        seen.append([])
        answer = newsroom.post("/newsletters/preferences/", email=address)
        answers.append((answer.status_code, answer.data, answer.location))
    assert answers[0] == answers[1]
    assert seen[0] == seen[1]
    assert len(seen[0]) > 3


def test_the_link_opens_for_an_hour_and_for_nobody_else(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    link = fresh_link(newsroom)
    assert newsroom.client.get(link[:-1] + "x").status_code == 410
    newsroom.advance(minutes=59)
    assert newsroom.client.get(link).status_code == 200
    newsroom.advance(minutes=2)
    page = newsroom.client.get(link)
    assert (page.status_code, heading(page)) == (410, "This link opens nothing any more")


@pytest.mark.parametrize(
    "part", ["lists", "language", "pause", "export", "erase", "address", "address/code"]
)
def test_a_link_that_is_too_old_does_nothing(newsroom: Newsroom, part: str) -> None:
    subscribed(newsroom)
    link = fresh_link(newsroom)
    newsroom.advance(minutes=61)
    answer = newsroom.post(f"{link}/{part}", shown="daily", language="uk", weeks="2", sure="1")
    assert answer.status_code == 410
    assert newsroom.states() == {"daily": "confirmed"}


def test_another_site_cannot_press_the_buttons(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    link = fresh_link(newsroom)
    answer = newsroom.client.post(
        f"{link}/erase", data={"sure": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, newsroom.states()) == (403, {"daily": "confirmed"})


def test_programs_that_open_links_change_nothing(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    link = fresh_link(newsroom)
    before = len(newsroom.consents())
    for _ in range(50):
        newsroom.client.get(link)
        newsroom.client.head(link)
    assert newsroom.client.get(link).status_code == 200
    assert (newsroom.states(), len(newsroom.consents())) == ({"daily": "confirmed"}, before)


def test_a_dump_of_the_database_opens_nothing(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    token = fresh_link(newsroom).rpartition("/")[2]
    assert token not in repr([vars(one) for one in links(newsroom)])


def test_whoever_was_erased_gets_nothing(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    newsroom.change(Person, erased_at=moment(newsroom.database))
    sent = len(newsroom.mails)
    asks_for_link(newsroom)
    assert len(newsroom.mails) == sent


def test_what_is_suppressed_gets_nothing_and_the_same_answer(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    with newsroom.database.write() as session:
        suppress(session, newsroom.settings, ANN, COMPLAINT, moment(newsroom.database))
        session.commit()
    sent = len(newsroom.mails)
    assert asks_for_link(newsroom).location == SENT
    assert len(newsroom.mails) == sent


def test_one_network_asks_three_times_an_hour_for_one_address(newsroom: Newsroom) -> None:
    for address in (ANN, BOB):  # known or not
        codes = [asks_for_link(newsroom, address).status_code for _ in range(4)]
        assert codes == [303, 303, 303, 429]
    newsroom.advance(minutes=61)
    assert asks_for_link(newsroom).status_code == 303


def test_a_network_asks_so_often_and_no_more(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_PER_NETWORK", 2)
    codes = [asks_for_link(newsroom, f"a{one}@post.example").status_code for one in range(3)]
    assert codes == [303, 303, 429]


def test_many_networks_cannot_flood_a_mailbox(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_PER_PERSON", ())
    monkeypatch.setattr(settings_links, "MOST_A_DAY", 2)
    subscribed(newsroom)
    before = len(newsroom.mails)
    for _ in range(5):
        assert asks_for_link(newsroom).status_code == 303
    assert len(newsroom.mails) - before == 2


def test_asked_for_all_at_once_there_are_no_more_mails(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    before = len(newsroom.mails)
    for network in range(10):
        sender = {"REMOTE_ADDR": f"198.18.1.{network}"}
        for _ in range(3):
            newsroom.client.post(FORM, data={"email": ANN}, environ_base=sender)
    newsroom.work()
    assert len(newsroom.mails) - before == settings_links.MOST_A_DAY


def test_a_mail_with_the_link_uses_up_no_confirmation(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    newsroom.advance(days=8)
    fresh_link(newsroom)
    newsroom.asks(slug="weekly")
    assert subjects(newsroom.mails)[-1].startswith("Please confirm")


@pytest.mark.parametrize("typed", ["", "ann@", "ann@post.example, bob@post.example"])
def test_what_is_no_address_is_told_at_its_field(newsroom: Newsroom, typed: str) -> None:
    answer = asks_for_link(newsroom, typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_link_in_a_lists_mail_opens_that_one_list(newsroom: Newsroom) -> None:
    page = newsroom.client.get(way_to_one_list(newsroom))
    assert (page.status_code, heading(page)) == (200, "Weekly")
    assert "Daily" not in page.text
    assert ANN not in page.text


def test_such_a_link_pauses_the_one_list_and_takes_it_back(newsroom: Newsroom) -> None:
    way = way_to_one_list(newsroom)
    paused = newsroom.post(way, weeks="4")
    assert "Paused until" in paused.text
    assert "Pause it for" in newsroom.post(way, resume="1").text
    assert [(one.what, one.form) for one in newsroom.consents()][-2:] == [
        ("paused", "preferences"),
        ("resumed", "preferences"),
    ]
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


def test_a_forwarded_newsletter_opens_no_settings_but_has_them_mailed_to_the_owner(
    newsroom: Newsroom,
) -> None:
    way = way_to_one_list(newsroom)
    answer = newsroom.post(f"{way}/link")
    newsroom.work()
    assert answer.location == SENT
    assert "preferences/" not in newsroom.client.get(answer.location).text.replace(
        'href="/newsletters/preferences/"', ""
    )
    assert heading(newsroom.client.get(last_link(newsroom, ANN))) == "Your settings"


@pytest.mark.parametrize("tail", ["/lists", "/language", "/export", "/erase", "/address", "/pause"])
def test_a_forwarded_newsletter_can_do_nothing_else(newsroom: Newsroom, tail: str) -> None:
    way = way_to_one_list(newsroom)
    mac = way.rpartition("/")[2]
    for path in (f"{way}{tail}", f"/newsletters/preferences/{mac}{tail}"):
        answer = newsroom.post(path, sure="1", email=BOB, weeks="2", language="uk", shown="daily")
        assert answer.status_code in {404, 405, 410}
    assert newsroom.states() == {"daily": "confirmed", "weekly": "confirmed"}


@pytest.mark.parametrize("part", [2, 3, 4])
def test_a_changed_link_opens_no_list(newsroom: Newsroom, part: int) -> None:
    parts = way_to_one_list(newsroom).strip("/").split("/")
    parts[part] = {2: "somebody", 3: "daily", 4: "0" * 64}[part]
    wrong = "/" + "/".join(parts)
    for answer in (
        newsroom.client.get(wrong),
        newsroom.post(wrong, weeks="2"),
        newsroom.post(f"{wrong}/link"),
    ):
        assert answer.status_code == 404
    assert links(newsroom) == []


@pytest.mark.parametrize("path", ["", "sent"])
def test_in_ukrainian_there_is_no_english_left(newsroom: Newsroom, path: str) -> None:
    page = newsroom.client.get(f"/uk/newsletters/preferences/{path}")
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200
    assert not re.search(r">[^<]*\b(the|your|link)\b[^<]*<", main)


def test_in_ukrainian_the_mail_is_ukrainian(newsroom: Newsroom) -> None:
    subscribed(newsroom)
    asks_for_link(newsroom, prefix="/uk")
    link = last_link(newsroom, ANN)
    assert link.startswith("/uk/")
    assert "Посилання на всі ваші налаштування" in newsroom.mails[-1].part("plain")
    main = newsroom.client.get(link).text.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r">[^<]*\b(the|your|Save)\b[^<]*<", main)


def test_the_page_for_leaving_leads_to_the_settings_of_its_list(newsroom: Newsroom) -> None:
    way = way_to_one_list(newsroom)
    page = newsroom.client.get(way.replace("preferences", "unsubscribe"))
    assert f'href="{way}"' in page.text
