"""Which words the call to join speaks, and that reaching the goal is for good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.articles.versions import content_version
from app.core.clock import now
from app.core.database import Database
from app.core.errors import FieldError
from app.core.settings import Settings
from app.core.work import Runtime
from app.goal import queries, service
from app.goal.jobs import watch_goal
from app.goal.models import Campaign
from app.goal.queries import CampaignRead, Words, milestone
from app.memberships.models import MemberSpan
from tests.goal.making import make_campaign, say
from tests.memberships.making import NOW, make_person

DAY = timedelta(days=1)
DRIVE = CampaignRead(
    id=1,
    key="drive",
    name={"en": "The drive"},
    goal=20_000,
    currency="EUR",
    amounts={"EUR": {"monthly": [500]}},
    starts_at=NOW - 10 * DAY,
    ends_at=NOW + DAY,
    joining_opens_at=None,
    reached_at=None,
    words={},
)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (0, "under_half"),
        (9_999, "under_half"),
        (10_000, "over_half"),
        (17_999, "over_half"),
        (18_000, "last_tenth"),
        (19_999, "last_tenth"),
        (20_000, "reached"),
        (23_000, "reached"),
        (None, "any"),
    ],
)
def test_the_words_go_with_the_count(members: int | None, expected: str) -> None:
    assert milestone(DRIVE, members, NOW) == expected


def test_a_drive_that_ends_below_its_goal_ended_short() -> None:
    assert milestone(DRIVE, 19_999, NOW + DAY) == "ended_short"


def test_a_drive_that_ended_short_is_not_reached_afterwards() -> None:
    assert milestone(DRIVE, 20_001, NOW + 2 * DAY) == "ended_short"


@pytest.mark.parametrize("members", [0, 19_999, None])
def test_once_recorded_no_count_takes_it_back(members: int | None) -> None:
    reached = replace(DRIVE, reached_at=NOW - DAY)

    assert milestone(reached, members, NOW) == "reached"
    assert milestone(reached, members, NOW + 30 * DAY) == "reached"


def spoken(words: dict[tuple[str, str], Words], name: str, language: str) -> str:
    found = replace(DRIVE, words=words).words_at(name, language)
    return found.strip if found is not None else ""


def test_words_are_looked_for_in_the_language_before_english() -> None:
    words = {("any", "uk"): say("any", "uk"), ("reached", "en"): say("reached")}

    assert spoken(words, "reached", "uk") == "Strip any uk"
    assert spoken(words, "reached", "en") == "Strip reached en"
    assert spoken(words, "over_half", "en") == ""


def test_only_offered_amounts_of_the_campaigns_currency_are_told() -> None:
    assert DRIVE.offered("monthly") == (500,)
    assert DRIVE.offered("yearly") == ()


def test_the_campaign_that_began_last_is_the_present_one(session: Session) -> None:
    make_campaign(session)
    later = service.CampaignFacts(
        "next", {"en": "Next"}, 5, "EUR", {}, starts_at=now(session) + DAY
    )
    service.save_campaign(session, later)

    for moment, expected in ((now(session), "drive"), (now(session) + 2 * DAY, "next")):
        found = queries.current_campaign(session, moment)
        assert found is not None
        assert found.key == expected


def test_before_any_campaign_there_is_none(session: Session) -> None:
    assert queries.current_campaign(session, now(session)) is None


@pytest.mark.parametrize(
    "wrong", [{"goal": 0}, {"ends_at": NOW}, {"amounts": {"EUR": {"weekly": [1]}}}]
)
def test_a_campaign_that_cannot_be_is_refused(session: Session, wrong: dict[str, object]) -> None:
    facts = service.CampaignFacts(
        key="x",
        name={"en": "X"},
        goal=10,
        currency="EUR",
        amounts={"EUR": {"monthly": [500]}},
        starts_at=NOW,
    )
    with pytest.raises(FieldError):
        service.save_campaign(session, replace(facts, **wrong))  # type: ignore[arg-type] # each wrong alone


def test_words_for_a_milestone_that_is_not_ours_are_refused(session: Session) -> None:
    campaign = make_campaign(session)

    with pytest.raises(FieldError):
        service.save_words(session, campaign, {("three_quarters", "en"): say("x")})


def test_the_next_turn_is_the_nearest_date_of_a_campaign(session: Session) -> None:
    moment = now(session)
    make_campaign(session, ends_at=moment + 9 * DAY, joining_opens_at=moment + 3 * DAY)

    assert queries.next_turn(session, moment) == moment + 3 * DAY
    assert queries.next_turn(session, moment + 4 * DAY) == moment + 9 * DAY
    assert queries.next_turn(session, moment + 10 * DAY) is None


def make_span(session: Session, starts_at: datetime, ends_at: datetime | None = None) -> None:
    person = make_person(session)
    session.add(MemberSpan(person_id=person, starts_at=starts_at, ends_at=ends_at))
    session.flush()


def look(database: Database, settings: Settings) -> Campaign:
    watch_goal(Runtime(database, settings))
    with database.read() as session:
        return session.query(Campaign).one()


def test_the_first_moment_at_the_goal_is_recorded_though_the_count_fell_since(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        moment = now(session)
        make_campaign(session, goal=2)
        make_span(session, moment - 5 * DAY)
        make_span(session, moment - 3 * DAY, moment - 2 * DAY)
        session.commit()

    assert look(database, settings).reached_at == moment - 3 * DAY


def test_a_goal_met_before_the_drive_began_is_met_at_its_beginning(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        moment = now(session)
        make_campaign(session, goal=1, starts_at=moment - DAY)
        make_span(session, moment - 5 * DAY)
        session.commit()

    assert look(database, settings).reached_at == moment - DAY


@pytest.mark.parametrize("days_ago", [11, 1])
def test_a_goal_met_outside_the_drive_is_not_recorded(
    database: Database, settings: Settings, days_ago: int
) -> None:
    with database.write() as session:
        moment = now(session)
        make_campaign(session, goal=1, ends_at=moment - 2 * DAY)
        make_span(session, moment - days_ago * DAY, moment - days_ago * DAY + DAY / 2)
        session.commit()

    assert look(database, settings).reached_at is None


def test_recording_moves_the_pages_once(database: Database, settings: Settings) -> None:
    with database.write() as session:
        make_campaign(session, goal=1)
        make_span(session, now(session) - DAY)
        session.commit()
        before = content_version(session)
    look(database, settings)
    look(database, settings)

    with database.read() as session:
        assert content_version(session) == before + 1
