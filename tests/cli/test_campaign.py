"""`flask goal save`: a campaign from its file, whole or not at all."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from app.cli.campaign_file import read_campaign
from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.goal.models import Ask, Campaign
from app.goal.queries import current_campaign
from app.memberships.joining.models import Tier
from app.memberships.joining.offers import Offer, tier_of, tiers
from app.people.audit import AuditEntry
from tests.conftest import make_settings

EXAMPLE = Path(__file__).parents[2] / "docs/campaign.example.toml"
FRIEND = 'name = { en = "Friend", uk = "Друг" }'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the example with some of its words changed."""

    def written(*changes: tuple[str, str]) -> Path:
        text = EXAMPLE.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        path = tmp_path / "campaign.toml"
        path.write_text(text)
        return path

    return written


def save(settings: Settings, database: Database, file: Path) -> Result:
    return compose(settings, database).test_cli_runner().invoke(args=["goal", "save", str(file)])


def begun(database: Database) -> tuple[str, str]:
    """Return the change that lets the example have begun an hour ago."""
    with database.read() as session:
        moment = now(session) - timedelta(hours=1)
    return "starts_at = 2026-12-01T00:00:00+02:00", f"starts_at = {moment.isoformat()}"


def test_the_example_becomes_the_campaign_that_is_offered(
    settings: Settings, database: Database, write: Write
) -> None:
    result = save(settings, database, write(begun(database)))

    assert result.exit_code == 0, result.output
    assert result.output.startswith("Campaign winter-drive was made.\n")
    with database.read() as session:
        campaign = current_campaign(session, now(session))
        assert campaign is not None
        offer = Offer(campaign.currency, campaign.amounts)
        found = tiers(session, "uk")
    assert (campaign.goal, campaign.name["uk"]) == (2000, "Зимова кампанія")
    assert campaign.joining_opens_at == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert campaign.words_at("reached", "en") != campaign.words_at("any", "en")
    assert [one.minor for one in offer.presets("EUR", "monthly")] == [500, 1000, 2000]
    highest = tier_of(found, offer.presets("UAH", "yearly")[-1], "yearly")
    assert highest is not None
    assert (highest.name, highest.least) == ("Друг", {"EUR": 1000, "UAH": 20000})


def test_saving_again_changes_the_campaign_of_that_key(
    settings: Settings, database: Database, write: Write
) -> None:
    save(settings, database, EXAMPLE)
    fewer = EXAMPLE.read_text().partition("[words.any.uk]")[0].replace("goal = 2000", "goal = 7")
    path = write()
    path.write_text(fewer)
    result = save(settings, database, path)

    assert result.output.startswith("Campaign winter-drive was changed.\n")
    with database.read() as session:
        assert session.scalars(select(Campaign.goal)).all() == [7]
        assert session.execute(select(Ask.milestone, Ask.language)).all() == [("any", "en")]
        assert session.scalars(select(Tier)).all() == []


def test_what_is_missing_for_joining_is_said(
    settings: Settings, database: Database, tmp_path: Path, write: Write
) -> None:
    keys = {"STRIPE_KEY": "sk_test_rehearsed", "STRIPE_WEBHOOK_SECRETS": "whsec_rehearsed"}
    rehearsed = make_settings(settings.database_url, tmp_path, **keys)
    closed = write(("joining_opens_at = ", "# "))

    assert "UNWALLED_STRIPE_KEY is not set" in save(settings, database, EXAMPLE).output
    assert "open from 2026-12-01 09:00 EET." in save(rehearsed, database, EXAMPLE).output
    assert "joining_opens_at is not set" in save(rehearsed, database, closed).output


FAULTS = [
    ("goal = 2000", "goal = 0", "goal must be a whole number from 1 to"),
    ("goal = 2000", "", "goal is missing: it is a whole number"),
    ("goal = 2000", "gaol = 5\ngoal = 2000", "gaol is unknown"),
    ('key = "winter-drive"', 'key = ""', "key must be a text"),
    ('currency = "EUR"', 'currency = "GBP"', "there is no [amounts.GBP]"),
    ("[amounts.UAH]", "[amounts.XXX]", "amounts.XXX is unknown"),
    ("2026-12-01T00:00:00+02:00", "2026-12-01", "starts_at must be a moment with its zone"),
    ("2026-12-01T09:00:00+02:00", "2026-12-01T09:00:00", "joining_opens_at must be a moment"),
    ("2027-02-28T23:59:59+02:00", "2026-02-28T23:59:59+02:00", "ends_at is not after starts_at"),
    ("monthly = [5, 10, 20]", "monthly = [5.5]", "amounts.EUR.monthly must be a list of one to"),
    ("monthly = [5, 10, 20]", "monthly = [5, 6, 7, 8]", "one to three whole amounts of EUR"),
    ("monthly = [5, 10, 20]", "monthly = []", "each from 1 to 10000"),
    ("monthly = [100, 200, 500]", "monthly = [49]", "amounts.UAH.monthly must be"),
    ("monthly = [5, 10, 20]", "", "amounts.EUR.monthly is missing"),
    ('en = "The winter drive"', "", "name.en is missing"),
    ('uk = "Зимова кампанія"', 'fr = "Hiver"', "name.fr is unknown"),
    ("[words.any.en]", "[words.under_half.en]", "words.any.en is missing"),
    ("[words.reached.en]", "[words.done.en]", "words.done is unknown"),
    ("[words.reached.en]", "[words.reached.fr]", "words.reached.fr is unknown"),
    ("Will you be one of", "Will you" * 50, "words.any.en.question is longer than 300"),
    ('heading_highlight = "has been reached"', "", "words.reached.en.heading_highlight is missing"),
    ('key = "friend"', 'key = "reader"', "tier names reader more than once"),
    ("least = { EUR = 10, UAH = 200 }", "least = { EUR = 0 }", "tier 2.least.EUR must be"),
    ("least = { EUR = 10, UAH = 200 }", "", "tier 2.least is missing"),
    ('en = ["All of the above"', "en = [5", "tier 2.benefits.en must be a list of texts"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), FAULTS)
def test_each_fault_is_one_sentence_that_says_where(
    write: Write, before: str, after: str, said: str
) -> None:
    with pytest.raises(OperatorError) as refused:
        read_campaign(write((before, after)))
    faults = str(refused.value).splitlines()

    assert said in "\n".join(faults)
    assert faults[-1].endswith("was not saved: nothing was changed.")
    assert all(re.fullmatch(r"\S.*\.", one) for one in faults)


def test_a_table_that_is_none_is_one_fault(write: Write) -> None:
    with pytest.raises(OperatorError) as refused:
        read_campaign(
            write(("least = { EUR = 10, UAH = 200 }", "least = 10"), (FRIEND, 'name = "F"'))
        )

    assert str(refused.value).splitlines()[:-1] == [
        "tier 2.least must be a table.",
        "tier 2.name must be a table.",
    ]


def test_an_editors_mark_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "campaign.toml"
    path.write_text(EXAMPLE.read_text(), encoding="utf-8-sig")

    assert read_campaign(path) == read_campaign(EXAMPLE)


def test_all_faults_are_said_at_once_and_nothing_is_changed(
    settings: Settings, database: Database, write: Write
) -> None:
    result = save(settings, database, write(("goal = 2000", ""), ('en = "Reader"', 'en = ""')))

    assert result.exit_code != 0
    assert [one.partition(" is ")[0].partition(" must ")[0] for one in result.output.splitlines()][
        :2
    ] == ["goal", "tier 1.name.en"]
    with database.read() as session:
        assert session.scalars(select(Campaign)).all() == []


@pytest.mark.parametrize(
    ("content", "said"), [(b"goal = ", "is not TOML: "), (b"\xff\xfe", "is not in UTF-8")]
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "campaign.toml"
    path.write_bytes(content)

    with pytest.raises(OperatorError, match=said):
        read_campaign(path)
    with pytest.raises(OperatorError, match="cannot be read: No such file"):
        read_campaign(tmp_path / "none.toml")


def test_a_draft_of_the_desk_stays_one_and_the_change_is_written_down(
    settings: Settings, database: Database, write: Write
) -> None:
    save(settings, database, write())
    with database.write() as session:
        session.scalars(select(Campaign)).one().is_draft = True
        session.commit()
    result = save(settings, database, write(("goal = 2000", "goal = 3000")))

    assert "It is a draft" in result.output
    with database.read() as session:
        assert current_campaign(session, datetime(2027, 1, 1, tzinfo=UTC)) is None
        deed = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert deed is not None
    assert deed.what == "campaign.changed"
    assert (deed.before["goal"], deed.after["goal"]) == (2000, 3000)


def test_a_goal_that_was_met_is_not_moved_by_a_file(
    settings: Settings, database: Database, write: Write
) -> None:
    save(settings, database, write(begun(database)))
    with database.write() as session:
        session.scalars(select(Campaign)).one().reached_at = now(session)
        session.commit()
    result = save(settings, database, write(("goal = 2000", "goal = 3000")))

    assert result.exit_code == 2
    assert "that is for good" in result.output
    with database.read() as session:
        assert session.scalars(select(Campaign.goal)).one() == 2000
