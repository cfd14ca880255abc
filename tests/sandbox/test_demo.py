"""The demo newsroom: what it holds, and that loading it twice changes nothing."""

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select

from app import tables
from app.articles.models import Article, Author, Edition, FeedItem, Pick, Section
from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.languages import LANGUAGES
from app.core.money import CURRENCIES, OFFERED
from app.core.routes import taken_roots
from app.core.settings import Settings
from app.goal.models import Campaign
from app.goal.queries import INTERVALS, current_campaign
from app.mail.models import OutgoingMail
from app.memberships.joining.models import Tier
from app.memberships.queries import count_at, current_count
from app.newsletters.models import Newsletter, Subscription
from app.sandbox.demo import drive, loading, members
from tests.conftest import make_settings
from tests.memberships.making import NOW
from tests.site.making import Reader

PRODUCTION = {
    "MODE": "production",
    "SITE_URL": "https://news.test",
    "SMTP_SECURITY": "starttls",
    "ADDRESS_DNS": "yes",
}


def dump(database: Database) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with database.read() as session:
        return {
            table.name: sorted(map(str, session.execute(select(table)).all()))
            for table in tables.metadata.sorted_tables
        }


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*")}


@pytest.mark.parametrize(
    ("model", "number"),
    [(Author, 6), (Section, 5), (Article, 14), (Edition, 18), (FeedItem, 12), (Pick, 3)],
)
def test_it_holds_what_was_promised(demo: Reader, model: type[Any], number: int) -> None:
    with demo.database.read() as session:
        assert session.scalar(select(func.count()).select_from(model)) == number


def test_it_has_eight_newsletters_and_an_unlisted_one(demo: Reader) -> None:
    with demo.database.read() as session:
        rows = session.execute(select(Newsletter.slug, Newsletter.listed)).all()
    listed = {row.slug: row.listed for row in rows}

    assert sum(listed.values()) == 8
    assert [slug for slug, on_the_page in listed.items() if not on_the_page] == ["joining"]


def test_a_month_of_readers_gets_its_newsletters_and_nobody_is_written_to(demo: Reader) -> None:
    with demo.database.read() as session:
        rows = session.execute(select(Subscription.state, Subscription.confirmed_at)).all()
        assert Counter(row.state for row in rows) == {"confirmed": 336, "unsubscribed": 24}
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 0
    moments = [row.confirmed_at for row in rows if row.confirmed_at is not None]
    assert timedelta(days=20) < max(moments) - min(moments) < timedelta(days=29)


def test_four_articles_are_in_ukrainian_too(demo: Reader) -> None:
    wanted = select(func.count()).where(Edition.language == "uk", Edition.state == "published")
    with demo.database.read() as session:
        assert session.scalar(wanted) == 4


def test_the_count_is_true_now_and_for_a_year(demo: Reader) -> None:
    with demo.database.read() as session:
        moment = now(session)
        count = current_count(session, moment)
        assert count is not None
        assert count.members == members.MEMBERS == 18_412
        assert count_at(session, moment + timedelta(days=365)) == 18_412


def test_the_count_has_moved_of_late(demo: Reader) -> None:
    with demo.database.read() as session:
        moment = now(session)
        past = [count_at(session, moment - timedelta(days=days)) for days in (1, 7, 60, 399)]

    assert 18_412 > past[0] > past[1] > past[2] > past[3]


def test_it_can_be_joined_in_four_currencies(demo: Reader) -> None:
    with demo.database.read() as session:
        campaign = current_campaign(session, now(session))
        assert campaign is not None
        assert campaign.joining_opens_at is not None
        assert campaign.joining_opens_at < now(session)
    assert set(campaign.amounts) == set(OFFERED)
    for currency, offered in campaign.amounts.items():
        rules = CURRENCIES[currency]
        assert set(offered) == set(INTERVALS)
        for amounts in offered.values():
            assert len(set(amounts)) == 3
            assert amounts == sorted(amounts)
            assert rules.smallest <= amounts[0] <= amounts[-1] <= rules.largest


def test_each_amount_of_a_month_begins_a_tier_with_words_in_every_language(demo: Reader) -> None:
    with demo.database.read() as session:
        tiers = session.scalars(select(Tier).order_by(Tier.position)).all()

    for currency, offered in drive.amounts().items():
        assert [one.least[currency] for one in tiers] == offered["monthly"]
        assert offered["yearly"] == [12 * minor for minor in offered["monthly"]]
    for one in tiers:
        assert set(one.name) == set(one.benefits) == set(LANGUAGES)
        assert len({len(said) for said in one.benefits.values()}) == 1


def test_a_demo_that_could_not_be_joined_opens(demo: Reader) -> None:
    with demo.database.write() as session:
        campaign = session.scalars(select(Campaign)).one()
        campaign.amounts = {"EUR": drive.amounts()["EUR"]}
        campaign.joining_opens_at = now(session) + timedelta(days=21)
        session.execute(delete(Tier))
        session.commit()

    done = loading.load_once(demo.database, demo.site.settings)

    assert (done.content, done.members, done.offer) == (False, False, True)
    test_it_can_be_joined_in_four_currencies(demo)
    test_each_amount_of_a_month_begins_a_tier_with_words_in_every_language(demo)


def test_the_goal_is_twenty_thousand(demo: Reader) -> None:
    with demo.database.read() as session:
        assert session.scalars(select(Campaign.goal)).all() == [20_000]


def test_loading_twice_changes_nothing(demo: Reader) -> None:
    media = demo.site.settings.media_dir
    before, files = dump(demo.database), files_of(media)
    done = loading.load_once(demo.database, demo.site.settings)

    assert (done.content, done.members, done.offer) == (False, False, False)
    assert dump(demo.database) == before
    assert files_of(media) == files


def test_the_members_file_is_the_same_each_time_but_for_its_dates(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    members.write_file(first, NOW)
    members.write_file(second, NOW)

    assert first.read_bytes() == second.read_bytes()


def test_production_is_left_alone(database: Database, tmp_path: Path) -> None:
    url = "postgresql://u:p@localhost/none"
    settings = make_settings(url, tmp_path, **PRODUCTION, ENGINE="workers")
    before = dump(database)

    with pytest.raises(OperatorError, match="not for production"):
        loading.load_once(database, settings)
    assert dump(database) == before


def test_another_newsroom_is_left_alone(database: Database, settings: Settings) -> None:
    with database.write() as session:
        values = {"key": "ours", "name": {"en": "Ours"}, "goal": 5, "currency": "EUR"}
        row = insert(Campaign).values(**values, amounts={}, starts_at=now(session))
        session.execute(row)
        session.commit()
    before = dump(database)

    with pytest.raises(OperatorError, match="another newsroom"):
        loading.load_once(database, settings)
    assert dump(database) == before


def test_no_section_hides_an_address_of_the_site(demo: Reader) -> None:
    taken = taken_roots(compose(demo.site.settings, demo.database).url_map)
    with demo.database.read() as session:
        slugs = set(session.scalars(select(Section.slug)))

    assert slugs
    assert not slugs & taken
    assert not slugs & set(LANGUAGES)


def test_it_loads_into_either_database(database: Database, settings: Settings) -> None:
    done = loading.load_once(database, settings)

    assert (done.content, done.members, done.offer) == (True, True, False)
    with database.read() as session:
        count = current_count(session, now(session))
    assert count is not None
    assert count.members == 18_412


def test_the_command_says_what_it_did(demo: Reader) -> None:
    said = demo.app.test_cli_runner().invoke(args=["demo", "load"])

    assert said.exit_code == 0
    assert "loaded before" in said.output
