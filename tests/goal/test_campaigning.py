"""A campaign from its draft to its end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import FieldError
from app.core.seen import ChangedMeanwhileError, mark_of
from app.goal import campaigning, saying
from app.goal.campaign_rules import NoSuchCampaignError, NotNowError
from app.goal.models import Ask, Campaign
from app.goal.queries import ANY, current_campaign, milestone, next_turn
from app.goal.service import CampaignFacts
from tests.goal.making import make_campaign, say
from tests.goal.test_milestones import make_span

DAY = timedelta(days=1)
AMOUNTS = {"EUR": {"monthly": [500, 1000], "yearly": [6000], "once": [1000]}}


def facts(begins: datetime, ends: datetime | None = None) -> CampaignFacts:
    return CampaignFacts("winter", {"en": "Winter"}, 20, "EUR", AMOUNTS, begins, ends)


def drafted(session: Session, days: int = -1, ends: int | None = None) -> Campaign:
    moment = now(session)
    wanted = facts(moment + days * DAY, moment + ends * DAY if ends is not None else None)
    draft = campaigning.make_draft(session, wanted)
    saying.say(session, draft, ANY, "en", say(ANY))
    return draft


def test_readers_see_nothing_of_a_draft_though_its_time_has_come(session: Session) -> None:
    draft = drafted(session)
    assert current_campaign(session, now(session)) is None
    assert next_turn(session, now(session) - 9 * DAY) is None

    moment = now(session)
    campaigning.start(session, draft, moment)
    shown = current_campaign(session, moment)
    assert shown is not None
    assert (shown.key, shown.starts_at) == ("winter", moment)


def test_a_started_campaign_waits_for_its_day_and_can_be_taken_back(session: Session) -> None:
    draft = drafted(session, days=2)
    campaigning.start(session, draft, now(session))
    assert campaigning.state_of(draft, now(session)) == campaigning.WAITING
    assert next_turn(session, now(session)) == draft.starts_at

    campaigning.take_back(session, draft, now(session))
    assert current_campaign(session, now(session) + 3 * DAY) is None


def test_a_campaign_without_words_or_over_before_it_begins_is_not_started(session: Session) -> None:
    draft = campaigning.make_draft(session, facts(now(session)))
    with pytest.raises(NotNowError, match="words first"):
        campaigning.start(session, draft, now(session))

    saying.say(session, draft, ANY, "en", say(ANY))
    draft.starts_at, draft.ends_at = now(session) - 3 * DAY, now(session) - DAY
    with pytest.raises(NotNowError, match="end has passed"):
        campaigning.start(session, draft, now(session))
    assert draft.is_draft


def test_a_running_campaign_began_when_it_began(session: Session) -> None:
    campaign = make_campaign(session)
    began, moment = campaign.starts_at, now(session)
    wanted = replace(facts(moment + DAY, moment + 2 * DAY), goal=30)
    campaigning.change_campaign(session, campaign, wanted, ["home"], moment)

    assert (campaign.starts_at, campaign.ends_at, campaign.goal) == (began, None, 30)
    assert campaign.places == ["home"]


def test_a_goal_that_was_met_is_met_for_good(session: Session) -> None:
    campaign = make_campaign(session, goal=1)
    moment = now(session)
    make_span(session, moment - 2 * DAY, moment - DAY)

    with pytest.raises(FieldError, match="for good"):
        campaigning.change_campaign(session, campaign, facts(moment), ["home"], moment)
    campaigning.end_now(session, campaign, moment)
    campaigning.move_end(session, campaign, moment + DAY, moment)
    assert campaign.reached_at == moment - 2 * DAY
    assert campaigning.state_of(campaign, moment) == campaigning.REACHED


def test_a_campaign_is_ended_and_goes_on(session: Session) -> None:
    campaign, moment = make_campaign(session), now(session)
    campaigning.end_now(session, campaign, moment)
    shown = current_campaign(session, moment)
    assert shown is not None
    assert milestone(shown, 3, moment) == "ended_short"

    with pytest.raises(NotNowError):
        campaigning.end_now(session, campaign, moment)
    with pytest.raises(FieldError, match="future"):
        campaigning.move_end(session, campaign, moment, moment)
    campaigning.move_end(session, campaign, None, moment)
    assert campaigning.state_of(campaign, moment) == campaigning.RUNNING


def test_a_goal_met_before_the_last_look_is_written_down_at_the_end(session: Session) -> None:
    campaign, moment = make_campaign(session, goal=1), now(session)
    make_span(session, moment - 2 * DAY, moment - DAY)
    campaigning.end_now(session, campaign, moment)

    assert campaign.reached_at == moment - 2 * DAY


def test_only_a_draft_is_removed(session: Session) -> None:
    draft = drafted(session)
    running = make_campaign(session)
    with pytest.raises(NotNowError, match="Only a draft"):
        campaigning.remove_draft(session, running)

    campaigning.remove_draft(session, draft)
    with pytest.raises(NoSuchCampaignError):
        campaigning.campaign_to_change(session, draft.id)
    assert session.query(Ask).filter_by(campaign_id=draft.id).count() == 0


def test_what_somebody_else_changed_is_not_overwritten(session: Session) -> None:
    draft = drafted(session)
    seen = mark_of(campaigning.campaign_content(draft))
    campaigning.campaign_to_change(session, draft.id, seen).goal = 50
    session.flush()

    with pytest.raises(ChangedMeanwhileError):
        campaigning.campaign_to_change(session, draft.id, seen)


def test_words_that_stand_in_everywhere_stay_once_readers_see_them(session: Session) -> None:
    campaign = make_campaign(session)
    saying.unsay(session, campaign, "over_half", "en")
    assert saying.said_at(session, campaign, "over_half", "en") is None

    with pytest.raises(NotNowError):
        saying.unsay(session, campaign, ANY, "en")


def test_words_with_a_gap_are_refused_at_the_gap(session: Session) -> None:
    draft = drafted(session)
    with pytest.raises(FieldError) as refused:
        saying.say(session, draft, ANY, "en", replace(say(ANY), question=" "))
    assert refused.value.field == "question"
    assert saying.said_at(session, draft, ANY, "en") == say(ANY)
