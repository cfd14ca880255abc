"""What the pages of imports say of a file: its own words, one count, lists and zone as told."""

import pytest

from app.core.database import Database
from app.core.moments import read_moment
from app.core.settings import Settings
from app.newsletters.models import Newsletter, Subscription
from tests.desk.imports.test_views import AGREED, ANN, BOB, brings, here, own, works
from tests.desk.making import Desk, words_of
from tests.newsletters.imports.files_of_subscribers import table
from tests.newsletters.making import make_list

__all__ = ["here", "own"]

TITLES = ["Mail", "Since when", "Lists"]
COLUMNS = {"column-email": "Mail", "column-given_at": "Since when"}


@pytest.fixture
def page(here: Desk) -> str:
    """The page of a file in which three of four rows are not taken."""
    rows = [(ANN, "2026-01-31"), (BOB, "soon"), ("nobody", ""), (ANN, "")]
    return brings(here, table(TITLES, *({"Mail": one, "Since when": when} for one, when in rows)))


def test_reasons_have_the_file_s_own_words_in_the_language_of_the_page(
    here: Desk, own: Settings, page: str
) -> None:
    here.post(f"{page}read/", list="daily", **COLUMNS)
    works(here.database, own)
    english, ukrainian = (here.get(f"{one}{page}not-taken/") for one in ("", "/uk"))

    assert "Since when is no date like" in words_of(english)
    assert "Mail is not an address: nobody" in words_of(english)
    assert "Since when — не дата, як" in words_of(ukrainian)
    assert "given_at" not in english.text


def test_every_page_counts_the_same_rows_as_not_taken(here: Desk, own: Settings, page: str) -> None:
    here.post(f"{page}read/", list="daily", **COLUMNS)
    works(here.database, own)
    one, listed, every = (here.get(at) for at in (page, f"{page}not-taken/", "/desk/imports/"))

    assert "Rows that are not taken (3)" in words_of(one)
    assert "3 rows" in words_of(listed)
    assert '<td data-label="Not taken" class="number">3</td>' in every.text
    assert all("2 rows cannot be taken. 1 came twice" in words_of(x).replace("  ", " ")
               for x in (listed,))  # fmt: skip


def test_the_file_s_lists_and_zone_are_as_staff_say(
    here: Desk, own: Settings, database: Database
) -> None:
    with database.write() as session:
        make_list(session, "weekly")
        session.commit()
    row = {"Mail": ANN, "Since when": "2026-01-31T12:00", "Lists": "Sunday letter"}
    page = brings(here, table(TITLES, row))
    assert "Sunday letter" in here.get(page).text
    told = {"label": "Sunday letter", "label-list": "weekly", **COLUMNS}
    assert here.post(f"{page}read/", zone="Europe/Nowhere", **told).status_code == 422
    here.post(f"{page}read/", zone="Asia/Tokyo", **told)
    works(database, own)
    here.post(f"{page}apply/", note=AGREED)
    works(database, own)
    with database.read() as session:
        found = session.query(Subscription).one()
        newsletter = session.get_one(Newsletter, found.newsletter_id)
        assert (newsletter.slug, found.asked_at) == (
            "weekly",
            read_moment("2026-01-31T03:00Z", own.time_zone),
        )
