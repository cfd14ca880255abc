"""The article page: what stands on it, in which order, and what machines read."""

from datetime import timedelta

import pytest

from app.articles import arranging, service
from app.articles.arranging import FeedFacts, NarrationFacts
from app.core.clock import now
from app.newsletters import arranging as lists
from tests.articles.making import make_article, make_draft, make_edition, set_clock
from tests.goal.making import make_campaign
from tests.site.making import Page, Reader, make_list, set_count
from tests.waiting import until

ORDER = (
    'class="skip"',
    'class="strip"',
    'class="masthead"',
    "<h1>Grain in en",
    'class="related"',
    'class="ask"',
    'class="feed-box"',
    'class="picks"',
    'class="letters"',
    'class="footer"',
)


def make_full(reader: Reader, members: int | None = 18) -> str:
    """Publish an article with everything that can stand on its page; return its path."""
    with reader.database.write() as session:
        make_edition(session, "orchard")
        edition = make_edition(session, "grain", related="orchard")
        arranging.set_picks(session, ["orchard"])
        facts = FeedFacts("line", {"en": "A line"}, {"en": "Its body."}, now(session), "orchard")
        arranging.save_feed_item(session, facts)
        make_list(session, "daily")
        lists.set_forms(session, "grain", "en", ["daily"])
        make_campaign(session)
        if members is not None:
            set_count(session, members)
        session.commit()
        return reader.path_of(edition)


def test_everything_stands_in_the_order_of_the_look(reader: Reader) -> None:
    html = reader.text(make_full(reader))
    places = [html.find(part) for part in ORDER]

    assert -1 not in places
    assert places == sorted(places)


def test_times_are_told_with_their_zone(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        session.commit()
    html = reader.text(reader.path_of(edition))

    assert edition.published_at is not None
    local = edition.published_at.astimezone(reader.site.settings.time_zone)
    assert f"{local.day} {local:%B} {local.year}, {local:%H:%M} {local.tzname()}" in html
    assert local.replace(microsecond=0).isoformat() in html


def test_alt_caption_and_credit_are_kept_apart(reader: Reader) -> None:
    html = reader.text(make_full(reader))
    (hero,) = Page(html).all("img", fetchpriority="high")

    assert hero["alt"] == "A ship at a quay."
    assert "Loading began at six." not in hero["alt"]
    assert '<span class="caption">Loading began at six.</span>' in html
    assert '<span class="credit">Drawing: us</span>' in html


def test_the_call_to_join_tells_the_true_count(reader: Reader) -> None:
    html = reader.text(make_full(reader, members=18))

    assert "<strong>18</strong> of 20 members" in html
    assert "90.0\N{NO-BREAK SPACE}%" in html
    assert "last_tenth?" in html


def test_amounts_lead_to_joining_with_what_was_chosen_and_where(reader: Reader) -> None:
    path = make_full(reader)
    links = Page(reader.text(path)).links()

    assert f"/join/?amount=1000&interval=monthly&ask=last_tenth&from={path}" in links
    assert f"/join/?ask=last_tenth&from={path}" in links
    assert "/join/?ask=strip-last_tenth" in links


def test_two_articles_each_name_themselves_in_what_they_share(reader: Reader) -> None:
    path = make_full(reader)
    with reader.database.write() as session:
        other = reader.path_of(make_edition(session, "second"))
        lists.set_forms(session, "second", "en", ["daily"])
        session.commit()
    first, second = reader.text(path), reader.text(other)

    assert path not in second
    assert f'name="from" value="{path}"' in first
    assert f'name="from" value="{other}"' in second
    assert "-here-" not in first + second


def test_without_a_count_there_is_the_question_and_no_meter(reader: Reader) -> None:
    html = reader.text(make_full(reader, members=None))

    assert "any?" in html
    assert 'class="meter"' not in html
    assert 'class="strip-bar"' not in html
    assert "Strip any en" in html


def test_an_article_that_does_not_ask_has_no_call_to_join(reader: Reader) -> None:
    with reader.database.write() as session:
        make_article(session, "grain", asks=False)
        path = reader.path_of(make_edition(session, "grain"))
        make_campaign(session)
        session.commit()

    assert 'class="ask"' not in reader.text(path)


def test_without_picks_there_is_no_empty_box(reader: Reader) -> None:
    with reader.database.write() as session:
        path = reader.path_of(make_edition(session))
        session.commit()
    html = reader.text(path)

    assert 'class="picks"' not in html
    assert 'class="related"' not in html
    assert 'class="letters"' not in html


def test_the_player_stands_only_beside_a_narration_of_this_body(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        clip = NarrationFacts("clip.abc.mp3", "audio/mpeg", 80)
        arranging.add_narration(session, edition, clip, now(session))
        session.commit()
    path = reader.path_of(edition)
    html = reader.text(path)
    assert 'src="/media/clip.abc.mp3"' in html
    assert "1 min 20 s" in html
    assert "made with AI" in html

    with reader.database.write() as session:
        make_draft(session, body="Corrected.")
        session.commit()
    html = reader.text(path)
    assert "<audio" not in html
    assert "made with AI" not in html


def test_the_player_appears_when_its_recording_is_ready(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        clip = NarrationFacts("clip.abc.mp3", "audio/mpeg", 80)
        arranging.add_narration(session, edition, clip, now(session) + timedelta(seconds=3))
        session.commit()
    path = reader.path_of(edition)
    assert "<audio" not in reader.text(path)

    until(lambda: "<audio" in reader.text(path), seconds=20)


def test_machines_read_that_it_is_free(reader: Reader) -> None:
    path = make_full(reader)
    (facts,) = Page(reader.text(path)).structured

    assert facts["@type"] == "NewsArticle"
    assert facts["isAccessibleForFree"] is True
    assert facts["headline"] == "Grain in en"
    assert facts["author"] == [
        {"@type": "Person", "name": "Ada", "url": "http://localhost/author/ada/"}
    ]
    assert facts["url"] == f"http://localhost{path}"
    assert facts["image"]["creditText"] == "Drawing: us"


def test_a_headline_cannot_leave_the_structured_data(reader: Reader) -> None:
    headline = "</script><script>alert('1')</script>&\N{LINE SEPARATOR}<!--"
    with reader.database.write() as session:
        path = reader.path_of(make_edition(session, headline=headline))
        session.commit()
    page = Page(reader.text(path))

    assert page.structured[0]["headline"] == headline
    assert not [one for one in page.all("script") if one == {}]
    assert page.meta("og:title") == headline


def test_sharing_cards_are_complete(reader: Reader) -> None:
    path = make_full(reader)
    page = Page(reader.text(path))

    assert page.meta("og:type") == "article"
    assert page.meta("og:url") == f"http://localhost{path}"
    assert page.meta("og:image") == "http://localhost/media/ship-1200.abc.webp"
    assert page.meta("og:image:alt") == "A ship at a quay."
    assert page.meta("description") == "What it is about."
    assert page.all("link", rel="canonical") == [
        {"rel": "canonical", "href": f"http://localhost{path}"}
    ]


def test_only_real_translations_are_named_to_search_engines(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        session.commit()
    path = reader.path_of(edition)
    assert Page(reader.text(path)).all("link", hreflang="en") == []

    with reader.database.write() as session:
        twin = reader.path_of(make_edition(session, language="uk"))
        session.commit()
    named = {
        one["hreflang"]: one["href"]
        for one in Page(reader.text(path)).all("link")
        if "hreflang" in one
    }
    assert named == {
        "en": f"http://localhost{path}",
        "x-default": f"http://localhost{path}",
        "uk": f"http://localhost{twin}",
    }
    assert Page(reader.text(twin)).all("html") == [{"lang": "uk", "dir": "ltr"}]


def test_the_switch_leads_to_the_translation_else_to_the_front_page(reader: Reader) -> None:
    with reader.database.write() as session:
        alone = reader.path_of(make_edition(session, "alone"))
        both = reader.path_of(make_edition(session, "both"))
        twin = reader.path_of(make_edition(session, "both", "uk"))
        session.commit()

    for path, expected in ((alone, "/uk/"), (both, twin)):
        (switch,) = Page(reader.text(path)).all("a", hreflang="uk")
        assert switch["href"] == expected


def test_without_anything_in_a_language_there_is_no_switch(reader: Reader) -> None:
    with reader.database.write() as session:
        path = reader.path_of(make_edition(session))
        session.commit()

    assert Page(reader.text(path)).all("a", hreflang="uk") == []


def test_links_in_the_body_lead_to_what_can_be_opened(reader: Reader) -> None:
    body = "[a](article:orchard) [b](article:draft) [c](article:none)"
    with reader.database.write() as session:
        orchard = make_edition(session, "orchard")
        make_draft(session, "draft")
        path = reader.path_of(make_edition(session, body=body))
        session.commit()
    assert f'<p><a href="{reader.path_of(orchard)}">a</a> b c</p>' in reader.text(path)

    with reader.database.write() as session:
        service.withdraw(session, session.merge(orchard))
        session.commit()
    assert "<p>a b c</p>" in reader.text(path)


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_out_yet_is_not_there(reader: Reader, state: str) -> None:
    with reader.database.write() as session:
        edition = make_draft(session)
        if state == "scheduled":
            service.schedule(session, edition, now(session) + timedelta(hours=1))
        month = now(session).astimezone(reader.site.settings.time_zone)
        session.commit()

    assert reader.get(f"/{month:%Y/%m}/grain-en/").status_code == 404


def test_what_was_withdrawn_is_gone(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session)
        session.commit()
    path = reader.path_of(edition)
    assert reader.get(path).status_code == 200

    with reader.database.write() as session:
        service.withdraw(session, session.merge(edition))
        session.commit()
    assert reader.get(path).status_code == 410


def test_a_former_slug_leads_on_for_good(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_edition(session, slug="old")
        old = reader.path_of(edition)
        service.change_slug(session, edition, "new")
        session.commit()
    response = reader.get(old)

    assert response.status_code == 301
    assert response.location == reader.path_of(edition)


@pytest.mark.parametrize("wrong", ["/1999/01/grain-en/", "/2031/12/grain-en/"])
def test_a_wrong_month_leads_to_the_right_one(reader: Reader, wrong: str) -> None:
    with reader.database.write() as session:
        path = reader.path_of(make_edition(session))
        session.commit()
    response = reader.get(wrong)

    assert (response.status_code, response.location) == (301, path)


def test_a_scheduled_edition_appears_when_its_time_comes(reader: Reader) -> None:
    with reader.database.write() as session:
        edition = make_draft(session)
        service.schedule(session, edition, now(session) + timedelta(seconds=1))
        session.commit()
    path = reader.path_of(edition)
    front = reader.get("/").text
    assert path not in front

    with reader.database.write() as session:
        set_clock(session, now(session) + timedelta(seconds=60))
        session.commit()
    assert path in reader.text("/")
    assert reader.get(path).status_code == 200
