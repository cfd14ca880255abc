"""A list gets another slug, and all that carries the one it had goes on working."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import FieldError
from app.newsletters import arranging
from app.newsletters.leaving import leave_mac, place_of
from app.newsletters.lists import all_lists
from app.newsletters.models import Newsletter
from app.newsletters.queries import forget_lists
from app.newsletters.renaming import former_slugs, rename_list
from app.people.models import Person
from tests.newsletters.imports.files_of_subscribers import Moving, plain
from tests.newsletters.imports.test_importing import ANN
from tests.newsletters.making import Newsroom, make_list
from tests.newsletters.test_arranging import facts


def renames(session: Session, slug: str, other: str) -> None:
    found = session.scalars(select(Newsletter).where(Newsletter.slug == slug)).one()
    rename_list(session, found, other, now(session))


def test_pages_forms_and_feeds_lead_to_the_present_slug(newsroom: Newsroom) -> None:
    with newsroom.database.write() as session:
        renames(session, "daily", "morning")
        session.commit()
    forget_lists(newsroom.database)
    page = newsroom.client.get("/uk/newsletters/daily/")
    feed = newsroom.client.get("/newsletters/daily/feed.xml")

    assert (page.status_code, page.location) == (301, "/uk/newsletters/morning/")
    assert (feed.status_code, feed.location) == (301, "/newsletters/morning/feed.xml")
    assert newsroom.client.get("/newsletters/morning/").status_code == 200
    newsroom.asks(slug="daily")
    assert newsroom.states() == {"morning": "pending"}


def test_an_unsubscribe_link_of_years_ago_opens_the_list(moving: Moving) -> None:
    moving.bring(plain(ANN))
    with moving.database.write() as session:
        renames(session, "daily", "morning")
        (person,) = (one.public_id for one in moving.all_of(Person))
        mac = leave_mac(moving.settings, person, "daily")
        found = place_of(session, moving.settings, person, "daily", mac)

    assert found is not None
    assert found.newsletter_id == moving.lists["daily"]


def test_a_list_may_have_its_old_slug_back(session: Session) -> None:
    make_list(session, "daily")
    renames(session, "daily", "morning")
    renames(session, "morning", "daily")

    assert former_slugs(session) == {"morning": "daily"}


def test_no_other_list_gets_a_slug_that_one_has_or_had(session: Session) -> None:
    make_list(session, "daily")
    make_list(session, "weekly")
    renames(session, "daily", "morning")
    for taken in ("morning", "daily"):
        with pytest.raises(FieldError, match="Another list has this address, or had it"):
            renames(session, "weekly", taken)
    with pytest.raises(FieldError, match="Another list had this address"):
        arranging.save_list(session, facts(slug="daily"))

    assert sorted(one.slug for one in all_lists(session)) == ["morning", "weekly"]
