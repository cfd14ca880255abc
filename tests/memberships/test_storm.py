"""Whatever is lost, late, twice or out of order, and whoever dies: the tables end as they are."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.comparing import comparison
from app.memberships.handling import handlers
from app.memberships.queries import current_count
from app.memberships.recounting import recount
from app.payments.reconciling import reconcile
from app.payments.sync import Sync
from tests.conftest import copy_sqlite, new_database
from tests.memberships.account.making import AT_ONCE
from tests.memberships.standing_rows import cards, hashed, members_at_stripe, standing
from tests.memberships.storm_sites import Site
from tests.memberships.storming import Year, storming


@pytest.fixture
def other_database(
    template_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A second fresh database, beside `database`."""
    url = make_url(template_url)
    if url.get_backend_name() == "sqlite":
        copy_sqlite(str(url.database), tmp_path / "other.sqlite3")
        opened = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
        yield opened
        opened.dispose()
        return
    with new_database(request.getfixturevalue("postgresql"), "other", url.database) as fresh:
        opened = Database(fresh)
        yield opened
        opened.dispose()


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("STORM_SEED", secrets.randbelow(2**32)))


def rage(year: Year, memberships: int, events: int) -> None:
    """Let things happen until there were enough, and be heard of in both ways."""
    while len(year.told) < events or year.wishes < memberships:
        if year.wishes < memberships:
            year.wish("membership")
        year.step()
        year.tell()
        year.deliver(year.chance.randrange(len(year.waiting) + 1))
        year.work()
    year.calm_down()


def members(site: Site) -> int:
    moment = site.now
    with site.database.read() as session:
        found = current_count(session, moment)
    return found.members if found else 0


def assert_alike(year: Year) -> None:
    """Hold the two sites against each other, against the recount, and against Stripe's books."""
    ordered, stormy = standing(year.ordered.database), standing(year.stormy.database)
    for table, rows in ordered.items():
        assert stormy[table] == rows, table
    assert hashed(stormy) == hashed(ordered)
    assert members(year.stormy) == members(year.ordered) == members_at_stripe(year.world)
    for site in (year.ordered, year.stormy):
        moment = site.now
        with site.database.read() as session:
            assert recount(session, moment).drifts == ()
        sync = Sync(site.database, year.gateway, handlers(site.settings), AT_ONCE)
        assert reconcile(sync, comparison(), lately=None) == ()
    assert cards(year.stormy.database) == cards(year.ordered.database)


@pytest.mark.timeout(600)
def test_after_a_storm_all_is_as_if_it_had_been_heard_in_order(
    database: Database, other_database: Database, settings: Settings, tmp_path: Path, seed: int
) -> None:
    print(f"STORM_SEED={seed}")  # noqa: T201 - shown when the test fails
    with storming((database, other_database), settings, tmp_path, seed) as year:
        year.trouble.errors = 5
        rage(year, memberships=25, events=400)

        assert_alike(year)
        assert len(standing(year.stormy.database)["membership"]) > 12


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_after_a_great_storm_too(
    database: Database, other_database: Database, settings: Settings, tmp_path: Path, seed: int
) -> None:
    print(f"STORM_SEED={seed}")  # noqa: T201 - shown when the test fails
    with storming((database, other_database), settings, tmp_path, seed) as year:
        year.trouble.errors = 5
        rage(year, memberships=400, events=5_000)

        assert_alike(year)
