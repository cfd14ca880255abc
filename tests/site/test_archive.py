"""The archive of a list: its pages, its issues, its feed, and nothing of the visitor in them."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from app.core.clock import now
from app.newsletters import arranging, issues
from app.newsletters.issues import IssueFacts
from app.newsletters.models import Newsletter
from app.site import archive
from tests.articles.making import make_edition
from tests.site.making import Page, Reader, make_list

ATOM = "{http://www.w3.org/2005/Atom}"


def sent(
    reader: Reader, slug: str, days: float = 1, newsletter: str = "daily", body: str = "Text."
) -> str:
    """Put an issue into the archive; return its path."""
    with reader.database.write() as session:
        moment = now(session)
        out = moment - timedelta(days=days)
        facts = IssueFacts(newsletter, slug, f"Subject of {slug}", f"About {slug}.", body)
        issue = issues.save_issue(session, facts, out)
        issues.publish_issue(session, issue, out, moment)
        session.commit()
    local = out.astimezone(reader.site.settings.time_zone)
    return f"/newsletters/{newsletter}/{local:%Y/%m}/{slug}/"


@pytest.fixture
def press(reader: Reader) -> Reader:
    """A newsroom with the lists `daily` and, in Ukrainian, `ranok`."""
    with reader.database.write() as session:
        make_list(session, "daily", 1)
        make_list(session, "ranok", 2)
        session.query(Newsletter).filter_by(slug="ranok").one().language = "uk"
        make_edition(session, "grain")
        make_edition(session, "grain", "uk")
        session.commit()
    return reader


def test_the_page_of_a_list_has_its_issues_newest_first(press: Reader) -> None:
    paths = [sent(press, "older", 2), sent(press, "newer", 1)]
    page = press.text("/newsletters/daily/")
    assert page.index(paths[1]) < page.index(paths[0])
    assert "About newer." in page
    assert "/newsletters/daily/subscribe" in page


def test_an_issue_has_a_page_that_anybody_may_keep(press: Reader) -> None:
    path = sent(press, "first", body="See [this](article:grain) and **that**.")
    answer = press.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in answer.headers
    assert "<strong>that</strong>" in answer.text
    assert "grain-en/" in answer.text
    page = Page(answer.text)
    assert page.all("link", rel="canonical")[0]["href"].endswith(path)


def test_issues_lead_to_their_neighbours(press: Reader) -> None:
    paths = [sent(press, slug, days) for slug, days in (("a", 3), ("b", 2), ("c", 1))]
    links = Page(press.text(paths[1])).links()
    assert {paths[0], paths[2]} <= links


def test_an_issue_stands_among_the_pages_of_its_language_alone(press: Reader) -> None:
    path = sent(press, "lyst", newsletter="ranok")
    moved = press.get(path)
    assert (moved.status_code, moved.location) == (301, f"/uk{path}")
    assert press.get(f"/uk{path}").status_code == 200
    assert f"/uk{path}" in press.text("/newsletters/ranok/")
    assert 'lang="uk"' in press.text("/newsletters/ranok/").partition("<main")[2]


def test_another_month_leads_to_the_right_one(press: Reader) -> None:
    path = sent(press, "first")
    moved = press.get("/newsletters/daily/2001/01/first/")
    assert (moved.status_code, moved.location) == (301, path)


def test_the_archive_goes_back_page_by_page(press: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PER_PAGE", 2)
    for number in range(5):
        sent(press, f"n{number}", number + 1)
    seen, path = [], "/newsletters/daily/"
    while path:
        page = Page(press.text(path))
        seen += sorted(one for one in page.links() if "/n" in one and one.count("/") > 4)
        older = [one["href"] for one in page.all("a", rel="next")]
        path = older[0] if older else ""
    assert [one.rstrip("/").rpartition("/")[2] for one in seen] == ["n0", "n1", "n2", "n3", "n4"]


@pytest.mark.parametrize("place", ["x", "1-", "99999999999999999999999999-1", "-1"])
def test_a_place_that_is_none_is_not_found(press: Reader, place: str) -> None:
    assert press.get(f"/newsletters/daily/?before={place}").status_code == 404


def test_a_kept_page_changes_with_a_new_issue_and_with_one_taken_back(press: Reader) -> None:
    assert "Subject of first" not in press.text("/newsletters/daily/")
    path = sent(press, "first")
    assert "Subject of first" in press.text("/newsletters/daily/")
    assert press.get(path).status_code == 200
    with press.database.write() as session:
        facts = IssueFacts("daily", "first", "Subject of first", "", "Text.")
        issues.withdraw_issue(session, issues.save_issue(session, facts, now(session)))
        session.commit()
    assert "Subject of first" not in press.text("/newsletters/daily/")
    assert press.get(path).status_code == 410


def test_what_is_for_members_has_a_page_and_no_archive(press: Reader) -> None:
    path = sent(press, "first")
    with press.database.write() as session:
        session.query(Newsletter).filter_by(slug="daily").one().members_only = True
        arranging.set_open(session, "daily", is_open=True)
        session.commit()
    page = press.text("/newsletters/daily/")
    assert "Subject of first" not in page
    assert "It goes to members." in page
    assert press.get(path).status_code == 404
    assert press.get("/newsletters/daily/feed.xml").status_code == 404


def test_a_closed_list_keeps_its_archive_and_has_no_form(press: Reader) -> None:
    path = sent(press, "first")
    with press.database.write() as session:
        arranging.set_open(session, "daily", is_open=False)
        session.commit()
    page = press.text("/newsletters/daily/")
    assert "takes no sign-ups" in page
    assert path in page
    assert "<form" not in page + press.text(path)
    assert 'href="/newsletters/daily/"' in press.text("/newsletters/")


def test_the_feed_names_every_issue_for_good(press: Reader) -> None:
    path = sent(press, "first")
    answer = press.get("/newsletters/daily/feed.xml")
    assert answer.mimetype == "application/atom+xml"
    (entry,) = ET.fromstring(answer.text.encode()).findall(f"{ATOM}entry")  # noqa: S314 - our own
    link, name = entry.find(f"{ATOM}link"), entry.find(f"{ATOM}id")
    assert link is not None
    assert link.get("href") == f"http://localhost{path}"
    assert name is not None
    assert str(name.text).endswith(":newsletter:daily:first")


def test_the_feed_of_another_language_is_found_there(press: Reader) -> None:
    sent(press, "lyst", newsletter="ranok")
    moved = press.get("/newsletters/ranok/feed.xml")
    assert (moved.status_code, moved.location) == (301, "/uk/newsletters/ranok/feed.xml")
    assert "Subject of lyst" in press.text("/uk/newsletters/ranok/feed.xml")


def test_the_sitemap_has_issues_and_closed_lists(press: Reader) -> None:
    path = sent(press, "first")
    with press.database.write() as session:
        arranging.set_open(session, "daily", is_open=False)
        session.commit()
    text = press.text("/sitemap.xml")
    assert f"<loc>http://localhost{path}</loc>" in text
    assert "<loc>http://localhost/newsletters/daily/</loc>" in text


def test_a_scheduled_issue_appears_on_a_kept_page_when_its_time_comes(press: Reader) -> None:
    sent(press, "later", -0.5)
    assert "Subject of later" not in press.text("/newsletters/daily/")
    with press.database.read() as session:
        newsroom = press.site.keeper.newsroom(session, press.site.watch.present())
    assert newsroom.changes_at is not None


def test_a_list_has_its_picture_with_its_alt_on_both_pages(press: Reader) -> None:
    with press.database.write() as session:
        make_list(session, "harbour", 3, picture="ship")
        session.commit()
    for path in ("/newsletters/", "/newsletters/harbour/"):
        assert Page(press.text(path)).all("img", alt="A ship at a quay.")
