"""Front page, lists, newsletters, joining: what leads where, and odd addresses."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.articles import arranging
from app.articles.arranging import FeedFacts, SectionFacts
from app.core.clock import now
from app.core.errors import FieldError
from app.core.routes import taken_roots
from app.newsletters import arranging as lists
from app.site.browsing import PER_PAGE, read_before, write_before
from tests.articles.making import make_article, make_edition
from tests.goal.making import make_campaign
from tests.memberships.making import NOW
from tests.site.making import Page, Reader, make_list, set_count


def make_many(reader: Reader, number: int) -> None:
    with reader.database.write() as session:
        for one in range(number):
            make_edition(session, f"piece-{one}", at=now(session) - timedelta(hours=one + 1))
        session.commit()


def test_the_front_page_leads_with_the_newest(reader: Reader) -> None:
    make_many(reader, 3)
    html = reader.text("/")

    assert html.index("Piece-0 in en") < html.index("Piece-1 in en") < html.index("Piece-2 in en")
    assert 'class="card lead"' in html


def test_a_newsroom_without_anything_has_a_front_page(reader: Reader) -> None:
    assert reader.get("/").status_code == 200
    assert reader.get("/uk/").status_code == 200


def test_every_section_is_in_the_masthead_in_the_pages_language(reader: Reader) -> None:
    assert {"/economy/", "/culture/"} <= Page(reader.text("/")).links()
    assert "Розділ 1" in reader.text("/uk/")


@pytest.mark.parametrize("rule", ["/economy/", "/author/ada/", "/tag/ports/"])
def test_a_list_goes_on_where_its_first_page_ends(reader: Reader, rule: str) -> None:
    make_many(reader, PER_PAGE + 2)
    first = Page(reader.text(rule))
    (older,) = [one["href"] for one in first.all("a", rel="next")]
    second = reader.text(older)

    assert "Piece-0 in en" not in second
    assert f"Piece-{PER_PAGE} in en" in second
    assert f"Piece-{PER_PAGE + 1} in en" in second
    assert Page(second).all("a", rel="next") == []
    assert Page(second).meta("robots") == "noindex"


@pytest.mark.parametrize(
    "rule", ["/nobody/", "/author/nobody/", "/tag/nothing/", "/newsletters/x/"]
)
def test_what_does_not_exist_has_no_page(reader: Reader, rule: str) -> None:
    assert reader.get(rule).status_code == 404
    assert reader.get(f"/uk{rule}").status_code == 404


@pytest.mark.parametrize(
    "before", ["x", "1", "-1", "1-", "1--2", "9" * 50, f"{10**30}-1", "١-1", "1-1e9", "\x00"]
)
def test_a_place_that_is_not_ours_is_no_page(reader: Reader, before: str) -> None:
    for rule in ("/economy/", "/news/"):
        assert reader.client.get(rule, query_string={"before": before}).status_code == 404


def test_a_place_in_a_list_is_read_as_it_was_written() -> None:
    place = read_before(write_before(NOW.replace(microsecond=123_457), 12))

    assert place is not None
    assert (place.moment, place.id) == (NOW.replace(microsecond=123_457), 12)


def test_a_section_page_names_real_translations_only(reader: Reader) -> None:
    make_many(reader, 1)
    assert Page(reader.text("/economy/")).all("link", hreflang="uk") == []

    with reader.database.write() as session:
        make_edition(session, "piece-0", "uk")
        session.commit()
    (link,) = Page(reader.text("/economy/")).all("link", hreflang="uk")
    assert link["href"] == "http://localhost/uk/economy/"


def test_the_news_feed_is_told_day_by_day_with_clock_times(reader: Reader) -> None:
    with reader.database.write() as session:
        for hours in (1, 30):
            facts = FeedFacts(
                f"line-{hours}",
                {"en": f"Line {hours}"},
                {"en": ""},
                now(session) - timedelta(hours=hours),
            )
            arranging.save_feed_item(session, facts)
        session.commit()
    html = reader.text("/news/")

    assert html.count('class="day"') == 2
    assert html.index("Line 1") < html.index("Line 30")


def test_the_page_of_newsletters_offers_open_listed_ones(reader: Reader) -> None:
    with reader.database.write() as session:
        make_list(session, "daily", 1)
        make_list(session, "closed", 2, open=False)
        make_list(session, "joining", 3, listed=False)
        session.commit()
    boxes = Page(reader.text("/newsletters/")).all("input", type="checkbox")

    assert [one["value"] for one in boxes] == ["daily"]
    assert reader.get("/newsletters/daily/").status_code == 200
    assert reader.get("/newsletters/closed/").status_code == 200
    assert reader.get("/newsletters/joining/").status_code == 404


def refuse(client: FlaskClient, slug: str, from_path: str) -> tuple[int, str]:
    response = client.post(
        f"/newsletters/{slug}/subscribe", data={"email": "no address", "from": from_path}
    )
    return response.status_code, response.text


def test_a_refused_form_comes_back_on_the_article_it_stood_on(reader: Reader) -> None:
    with reader.database.write() as session:
        path = reader.path_of(make_edition(session))
        for position, slug in enumerate(("daily", "weekly"), 1):
            make_list(session, slug, position)
        lists.set_forms(session, "grain", "en", ["daily", "weekly"])
        session.commit()
    status, html = refuse(reader.client, "weekly", path)
    fields = {one["id"]: one for one in Page(html).all("input", type="email")}

    assert status == 422
    assert "Grain in en" in html
    assert fields["email-weekly"]["value"] == "no address"
    assert fields["email-weekly"]["aria-invalid"] == "true"
    assert fields["email-daily"]["value"] == ""
    assert f'name="from" value="{path}"' in html
    assert "no address" not in reader.text(path)


@pytest.mark.parametrize(
    "from_path", ["", "/nowhere/", "/1999/01/grain-en/", "/newsletters/daily/"]
)
def test_a_refused_form_from_elsewhere_comes_back_on_its_own_page(
    reader: Reader, from_path: str
) -> None:
    with reader.database.write() as session:
        make_edition(session)
        make_list(session, "daily")
        session.commit()
    status, html = refuse(reader.client, "daily", from_path)

    assert status == 422
    assert "<h1>Daily</h1>" in html
    assert 'value="no address"' in html


def test_the_form_for_several_comes_back_with_its_ticks(reader: Reader) -> None:
    with reader.database.write() as session:
        make_list(session, "daily", 1)
        make_list(session, "weekly", 2)
        session.commit()
    data = {"email": "no address", "list": ["weekly"]}
    response = reader.client.post("/uk/newsletters/subscribe", data=data)
    boxes = Page(response.text).all("input", type="checkbox")

    assert response.status_code == 422
    assert {one["value"]: "checked" in one for one in boxes} == {"daily": False, "weekly": True}
    assert Page(response.text).all("html")[0]["lang"] == "uk"


@pytest.fixture
def joining(reader: Reader) -> Reader:
    with reader.database.write() as session:
        make_list(session, "joining", listed=False)
        make_campaign(session)
        set_count(session, 18)
        session.commit()
    return reader


def test_joining_repeats_a_choice_that_can_be_taken(joining: Reader) -> None:
    for address, expected in (
        ("/join/?amount=1000&interval=monthly", "€10 a month"),
        ("/join/?amount=1050&interval=yearly", "€10.50 a year"),
        ("/join/?amount=700&interval=once", "€7 once"),
    ):
        assert f"<strong>{expected}</strong>" in joining.text(address)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "amount=1000",
            "interval=monthly",
            "amount=0&interval=monthly",
            "amount=-5&interval=once",
        ),
        *("amount=x&interval=once", "amount=1e3&interval=once", "amount=10&interval=weekly"),
        *("amount=99999999999999999999&interval=once", "amount=%00&interval=%00", "amount=%FF"),
        *(
            "amount=%D9%A1&interval=once",
            "amount=1&amount=2",
            "from=//evil.example/",
            "from=%0d%0a",
        ),
    ],
)
def test_joining_takes_no_notice_of_the_rest(joining: Reader, query: str) -> None:
    response = joining.get(f"/join/?{query}")

    assert response.status_code == 200
    assert 'class="chosen"' not in response.text
    assert "evil.example" not in response.text


def test_joining_is_kept_nowhere_and_sets_nothing(joining: Reader) -> None:
    response = joining.get("/join/")

    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_joining_says_when_it_opens(joining: Reader) -> None:
    assert "Joining opens soon." in joining.text("/join/")
    with joining.database.write() as session:
        make_campaign(session, joining_opens_at=now(session) + timedelta(days=9))
        session.commit()

    assert "Joining opens on " in joining.text("/join/")


def test_joining_shows_the_meter_and_takes_an_address(joining: Reader) -> None:
    html = joining.text("/join/?from=/2026/11/grain-en/")

    assert "<strong>18</strong> of 20 members" in html
    assert 'action="/newsletters/joining/subscribe"' in html
    assert 'name="from" value="/2026/11/grain-en/"' in html


def test_a_refused_address_comes_back_on_the_page_for_joining(joining: Reader) -> None:
    status, html = refuse(joining.client, "joining", "/2026/11/grain-en/")

    assert status == 422
    assert "<h1>Become a member</h1>" in html
    assert 'value="no address"' in html


def test_joining_stands_without_campaign_and_list(reader: Reader) -> None:
    assert "Joining opens soon." in reader.text("/join/")


def test_no_section_can_take_an_address_of_the_site(reader: Reader) -> None:
    taken = taken_roots(reader.app.url_map)
    assert {"news", "newsletters", "join", "author", "tag", "static", "media", "uk", "en"} <= taken

    with reader.database.write() as session, pytest.raises(FieldError):
        arranging.save_section(session, SectionFacts("join", 3, {"en": "J"}, {}), taken=taken)


def test_what_is_filed_under_nothing_has_a_page(reader: Reader) -> None:
    with reader.database.write() as session:
        make_article(session, "plain", tags=(), hero=None)
        path = reader.path_of(make_edition(session, "plain"))
        session.commit()

    assert reader.get(path).status_code == 200
    assert 'class="tags"' not in reader.text(path)
