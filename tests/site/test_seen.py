"""That a form came into view: counted if it is there, and nothing of who saw it is kept."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.core.caps import NetworkUse
from app.core.clock import now
from app.newsletters import arranging
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.seeing import MOST_OF_A_NETWORK, SIGHTINGS, Sightings
from app.newsletters.models import Newsletter
from tests.articles.making import make_edition
from tests.site.making import Reader, make_list

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def article(reader: Reader) -> str:
    """Publish an article with forms for two of three lists; return its path."""
    reader.app.extensions[SIGHTINGS] = Sightings(reader.database, delay=None)
    with reader.database.write() as session:
        for position, slug in enumerate(("daily", "weekly", "monthly"), 1):
            make_list(session, slug, position)
        edition = make_edition(session)
        arranging.set_forms(session, "grain", "en", ["daily", "weekly"])
        session.commit()
        return reader.path_of(edition)


def saw(reader: Reader, path: str, *slugs: str, **headers: str) -> None:
    """Say that forms came into view, as our script does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = reader.client.post(
        "/newsletters/seen", data={"path": path, "list": list(slugs)}, headers=OURS | named
    )
    assert (answer.status_code, answer.data) == (204, b"")


def counted(reader: Reader) -> dict[tuple[str, str, str], int]:
    sightings: Sightings = reader.app.extensions[SIGHTINGS]
    sightings.flush()
    with reader.database.read() as session:
        rows = session.execute(
            select(Newsletter.slug, FunnelDay.form, FunnelDay.from_path, FunnelDay.seen).join(
                Newsletter, Newsletter.id == FunnelDay.newsletter_id
            )
        )
        return {(row.slug, row.form, row.from_path): row.seen for row in rows}


def test_what_was_seen_is_added_up_by_list_and_page(reader: Reader, article: str) -> None:
    saw(reader, article, "daily", "weekly")
    saw(reader, article, "daily")
    first = counted(reader)
    saw(reader, article, "daily")

    assert first == {("daily", "article", article): 2, ("weekly", "article", article): 1}
    assert counted(reader)["daily", "article", article] == 3


def test_it_counts_on_the_newsrooms_day_and_leaves_the_other_numbers(
    reader: Reader, article: str
) -> None:
    with reader.database.read() as session:
        today = now(session).astimezone(reader.site.settings.time_zone).date()
        daily = session.scalars(select(Newsletter.id).where(Newsletter.slug == "daily")).one()
    with reader.database.write() as session:
        key = {"newsletter_id": daily, "day": today, "from_path": article, "form": "article"}
        session.add(FunnelDay(**key, asked=5))
        session.commit()
    saw(reader, article, "daily")
    counted(reader)

    with reader.database.read() as session:
        (row,) = session.scalars(select(FunnelDay))
    assert (row.seen, row.asked, row.day) == (1, 5, today)


@pytest.mark.parametrize(
    ("path", "slug", "counts_as"),
    [
        ("/", "daily", ("daily", "article", "/")),
        ("/uk/", "daily", ("daily", "article", "/uk/")),
        ("/newsletters/", "monthly", ("monthly", "lists", "")),
        ("/newsletters/weekly/", "weekly", ("weekly", "article", "/newsletters/weekly/")),
        (
            "/uk/newsletters/weekly/?utm=x#y",
            "weekly",
            ("weekly", "article", "/uk/newsletters/weekly/"),
        ),
    ],
)
def test_each_page_with_a_form_counts_as_a_sign_up_there_would(
    reader: Reader, article: str, path: str, slug: str, counts_as: tuple[str, str, str]
) -> None:
    saw(reader, path, slug)

    assert counted(reader) == {counts_as: 1}


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/2026/11/nothing/", "daily"),
        ("/1999/01/grain-en/", "daily"),
        ("/", "weekly"),
        ("/newsletters/weekly/", "daily"),
        ("/newsletters/nothing/", "nothing"),
        ("/news/", "daily"),
        ("/embed", "daily"),
        ("https://evil.test/", "daily"),
        ("//evil.test/", "daily"),
        ("", "daily"),
        ("/", ""),
        ("/", "no such list"),
    ],
)
def test_what_is_not_there_makes_no_row(reader: Reader, article: str, path: str, slug: str) -> None:
    saw(reader, path, slug)

    assert counted(reader) == {}


def test_a_list_that_is_not_on_the_article_is_not_counted_beside_one_that_is(
    reader: Reader, article: str
) -> None:
    saw(reader, article, "daily", "monthly", "daily")

    assert counted(reader) == {("daily", "article", article): 1}


@pytest.mark.parametrize("header", ["Sec_GPC", "DNT"])
def test_a_browser_that_asks_to_be_left_out_is(reader: Reader, article: str, header: str) -> None:
    saw(reader, article, "daily", **{header: "1"})

    assert counted(reader) == {}


def test_another_site_cannot_count_anything(reader: Reader, article: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        answer = reader.client.post(
            "/newsletters/seen", data={"path": article, "list": "daily"}, headers=headers
        )
        assert answer.status_code == 403

    assert counted(reader) == {}


def test_a_body_that_is_too_large_or_of_no_length_is_not_read(reader: Reader, article: str) -> None:
    saw(reader, article, "daily", *("x" * 50 for _ in range(50)))

    assert counted(reader) == {}


def test_a_network_has_its_share_of_an_hour_and_no_more(reader: Reader, article: str) -> None:
    for _ in range(MOST_OF_A_NETWORK + 20):
        saw(reader, article, "daily")

    assert counted(reader) == {("daily", "article", article): MOST_OF_A_NETWORK}
    reader.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    saw(reader, article, "daily")
    assert counted(reader)["daily", "article", article] == MOST_OF_A_NETWORK + 1


def test_nothing_of_who_saw_it_is_written(reader: Reader, article: str) -> None:
    saw(reader, article, "daily")
    counted(reader)

    with reader.database.read() as session:
        assert session.scalar(select(func.count()).select_from(NetworkUse)) == 0
        (row,) = session.scalars(select(FunnelDay))
    assert {type(getattr(row, column.key)) for column in FunnelDay.__table__.c} == {int, str, date}


def test_it_sets_no_cookie_and_takes_no_turn_of_a_writer(reader: Reader, article: str) -> None:
    with reader.database.write() as session:
        session.connection()  # a writer is at work, and the answer does not wait for it
        answer = reader.client.post(
            "/newsletters/seen", data={"path": article, "list": "daily"}, headers=OURS
        )

    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers


def test_what_could_not_be_written_is_kept_for_later(
    reader: Reader, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saw(reader, article, "daily")
    sightings: Sightings = reader.app.extensions[SIGHTINGS]
    with monkeypatch.context() as patch:
        patch.setattr(sightings, "_database", _Away())
        with pytest.raises(OperationalError):
            sightings.flush()

    assert counted(reader) == {("daily", "article", article): 1}


class _Away:
    """A database that cannot be reached."""

    def write(self) -> None:
        raise OperationalError("SELECT 1", None, OSError("away"))
