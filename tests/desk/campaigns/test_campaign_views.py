"""A campaign at the desk, from its draft to its end; what readers see of it, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.goal.models import Campaign
from app.people.audit import AuditEntry
from tests.articles.making import make_edition, make_newsroom, set_clock
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.goal.making import make_campaign
from tests.site.making import set_count

CAMPAIGNS = "/desk/campaigns/"
FACTS = {
    "key": "winter",
    "name_en": "The winter drive",
    "goal": "2,000",
    "currency": "EUR",
    "starts_at": "2026-01-01T09:00",
    "place_article": "1",
    "place_home": "1",
    "place_strip": "1",
    "amounts_EUR_monthly_1": "5",
    "amounts_EUR_monthly_2": "10",
    "amounts_EUR_yearly_1": "60",
    "amounts_EUR_once_1": "10.50",
}
WORDS = {
    "strip": "Members pay for this.",
    "heading": "Every article is free because *20,000 members* pay",
    "first_paragraph": "One.",
    "second_paragraph": "Two.",
    "question": "Will you be one of them?",
}
NO_WORDS = "44136fa355b3678a1146ad16f7e8649e"
"""The mark of words that are not there yet."""


@pytest.fixture
def at(desk: SitDown) -> Desk:
    """A membership manager of a newsroom with an article."""
    manager = desk("membership")
    with manager.database.write() as session:
        make_newsroom(session)
        make_edition(session)
        session.commit()
    return manager


def campaign_of(at: Desk) -> Campaign:
    with at.database.read() as session:
        return session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(1)).one()


def seen_on(at: Desk, path: str) -> str:
    """Return the mark that a page's form carries."""
    return at.get(path).text.partition('name="seen" value="')[2].partition('"')[0]


def drafted(at: Desk, **fields: str) -> str:
    """Make a draft with words; return its page."""
    page = at.post(f"{CAMPAIGNS}new/", **FACTS, **fields).location
    saying = f"{page}words/any/en/"
    assert at.post(saying, **WORDS, seen=seen_on(at, saying)).status_code == 303
    return page


def test_a_place_without_words_says_what_is_said_instead_only_where_something_is(at: Desk) -> None:
    page = at.post(f"{CAMPAIGNS}new/", **FACTS).location
    saying = f"{page}words/any/en/"
    assert "There are no words here yet. What is written here" in words_of(at.get(saying))
    assert "There are no words here yet." in words_of(at.get(f"{page}words/reached/en/"))
    at.post(saying, **WORDS, seen=seen_on(at, saying))
    assert "What stands below is said instead" in words_of(at.get(f"{page}words/reached/en/"))


def act(at: Desk, page: str, way: str) -> int:
    path = f"{page}{way}/"
    return at.post(path, seen=seen_on(at, path)).status_code


def front(at: Desk) -> str:
    """Return the front page as readers have it now."""
    at.app.extensions["unwalled_site"].watch.forget()
    return words_of(at.client.get("/"))


def deeds(at: Desk) -> list[str]:
    with at.database.read() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def test_a_draft_is_started_and_readers_see_it_at_once(at: Desk) -> None:
    page = drafted(at)
    assert "20,000 members" not in front(at)
    assert "readers see it at once" in words_of(at.get(f"{page}start/"))
    assert act(at, page, "start") == 303

    assert "Every article is free because 20,000 members pay" in front(at)
    assert campaign_of(at).goal == 2_000
    assert campaign_of(at).amounts["EUR"]["once"] == [1050]
    assert deeds(at) == ["campaign.drafted", "campaign.said", "campaign.started"]


def test_a_running_campaign_is_ended_and_let_go_on(at: Desk) -> None:
    page = drafted(at)
    act(at, page, "start")
    assert act(at, page, "end") == 303
    assert "ended short" in words_of(at.get(page))

    path = f"{page}extend/"
    late = at.post(path, ends_at="2020-01-01T09:00", seen=seen_on(at, path))
    assert late.status_code == 422
    assert "lies in the future" in words_of(late)
    at.post(path, ends_at="2099-10-25T03:30", ends_at_which="second", seen=seen_on(at, path))
    assert campaign_of(at).ends_at is not None
    assert "running" in words_of(at.get(page))


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"starts_at": "2027-03-28T03:30"}, "03:30 does not exist: take 02:30 or 04:30"),
    ({"ends_at": "2027-10-31T03:30"}, "comes twice"),
    ({"ends_at": "2025-12-31T09:00"}, "ends after it begins"),
    ({"goal": "many"}, "whole number of members"),
    ({"amounts_EUR_monthly_2": "ten"}, "Please write the amount in digits"),
    ({"amounts_UAH_monthly_1": "100"}, "Give one to three amounts"),
    ({"currency": "USD"}, "Give amounts in this currency"),
    ({"name_en": ""}, "The name in English is needed"),
]
"""What is typed, and the sentence that it gets."""


def test_bad_input_is_told_at_its_field(at: Desk) -> None:
    for fields, sentence in REFUSED:
        page = at.post(f"{CAMPAIGNS}new/", **{**FACTS, **fields})
        assert page.status_code == 422, sentence
        assert sentence in words_of(page)
        assert 'value="10.50"' in page.text

    assert at.get(CAMPAIGNS).text.count("winter") == 0


def test_words_are_looked_at_before_they_are_saved(at: Desk) -> None:
    page = drafted(at)
    typed = {**WORDS, "heading": "Almost *there*", "milestone": "last_tenth", "look": "dark"}
    shown = at.post(f"{page}preview/", **typed)

    assert "Almost there" in words_of(shown)
    assert "1,900 of 2,000 members" in words_of(shown)
    assert 'href="/desk/look/dark/site.css"' in shown.text
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "Almost" not in words_of(at.get(f"{page}preview/?milestone=last_tenth&place=home"))
    assert "Put one *" in words_of(at.post(f"{page}preview/", **{**WORDS, "heading": "None"}))


def test_facts_are_looked_at_before_they_are_saved(at: Desk) -> None:
    page = drafted(at)
    shown = at.post(f"{page}preview/", **{**FACTS, "amounts_EUR_monthly_1": "7"}, place="home")

    assert "€7 a month" in words_of(shown)
    assert campaign_of(at).amounts["EUR"]["monthly"] == [500, 1000]


def test_one_look_is_one_look_whatever_the_browser_prefers(at: Desk) -> None:
    dark = at.get("/desk/look/dark/site.css")

    assert "@media all{:root{" in dark.text
    assert "prefers-color-scheme" not in dark.text
    assert at.get("/desk/look/light/../settings.py").status_code == 404


def test_a_campaign_that_runs_keeps_its_beginning_and_asks_where_it_is_told(at: Desk) -> None:
    page = drafted(at)
    act(at, page, "start")
    began, path = campaign_of(at).starts_at, f"{page}change/"
    fields = {name: one for name, one in FACTS.items() if name not in {"starts_at", "place_home"}}
    at.post(path, **{**fields, "goal": "3000"}, seen=seen_on(at, path))

    assert (campaign_of(at).goal, campaign_of(at).starts_at) == (3_000, began)
    assert "Every article is free because" not in front(at)
    assert "Members pay for this." in front(at)

    del fields["place_strip"]
    at.post(path, **fields, seen=seen_on(at, path))
    assert "Members pay for this." not in front(at)


def test_the_second_of_two_managers_is_told(at: Desk) -> None:
    page = drafted(at)
    path, saying = f"{page}change/", f"{page}words/any/en/"
    seen, said = seen_on(at, path), seen_on(at, saying)
    at.post(path, **{**FACTS, "goal": "1000"}, seen=seen)
    late = at.post(path, **{**FACTS, "goal": "1500"}, seen=seen)
    assert late.status_code == 409
    assert 'value="1500"' in late.text
    assert campaign_of(at).goal == 1_000

    at.post(saying, **{**WORDS, "heading": "*Theirs*"}, seen=said)
    late = at.post(saying, **{**WORDS, "heading": "*Mine*"}, seen=said)
    assert late.status_code == 409
    assert "the heading is “*Theirs*” now" in words_of(late)


def test_a_question_about_a_campaign_that_changed_is_asked_anew(at: Desk) -> None:
    page = drafted(at)
    seen = seen_on(at, f"{page}start/")
    act(at, page, "start")

    late = at.post(f"{page}start/", seen=seen)
    assert late.status_code == 409
    assert "Somebody else has changed" in words_of(late)


def test_a_goal_that_was_met_is_said_to_be_met_for_good(at: Desk) -> None:
    with at.database.write() as session:
        campaign = make_campaign(session, goal=2)
        campaign.reached_at = now(session) - timedelta(days=1)
        session.commit()
    page = f"{CAMPAIGNS}{campaign_of(at).id}/"
    path = f"{page}change/"
    late = at.post(path, **FACTS, seen=seen_on(at, path))

    assert late.status_code == 422
    assert "that is for good" in words_of(late)


def test_what_starting_brings_is_said_before(at: Desk) -> None:
    with at.database.write() as session:
        make_campaign(session)
        set_count(session, 2_500)
        session.commit()
    said = words_of(at.get(f"{drafted(at, joining_closed='1')}start/"))

    assert "it stands in the place of “The drive”" in said
    assert "There are 2,500 members already" in said
    assert "Joining stays closed" in said


def test_a_started_campaign_comes_by_itself_when_its_day_comes(at: Desk) -> None:
    page = at.post(f"{CAMPAIGNS}new/", **{**FACTS, "starts_at": "2098-01-01T09:00"}).location
    saying = f"{page}words/any/en/"
    at.post(saying, **WORDS, seen=seen_on(at, saying))
    assert "from 1 Jan 2098, 09:00" in words_of(at.get(f"{page}start/"))
    act(at, page, "start")
    assert "20,000 members" not in front(at)

    with at.database.write() as session:
        set_clock(session, campaign_of(at).starts_at + timedelta(minutes=1))
        session.commit()
    assert "20,000 members" in front(at)


def test_a_draft_and_words_are_removed_when_asked(at: Desk) -> None:
    page = drafted(at)
    assert "Take away the words" in words_of(at.get(f"{page}words/any/en/remove/"))
    at.post(f"{page}words/any/en/remove/")
    assert seen_on(at, f"{page}words/any/en/") == NO_WORDS

    assert act(at, page, "remove") == 303
    assert at.get(page).status_code == 404


def test_an_editor_reads_and_changes_nothing(at: Desk, desk: SitDown) -> None:
    page, editor = drafted(at), desk("editor")
    shown = [page, f"{page}words/any/en/", f"{page}preview/", f"{CAMPAIGNS}quiet/", CAMPAIGNS]

    assert [editor.get(one).status_code for one in shown] == [200] * 5
    assert editor.get(f"{page}change/").status_code == 403
    for path in ("change/", "start/", "words/any/en/", "preview/", "extend/"):
        assert editor.post(f"{page}{path}").status_code == 403
