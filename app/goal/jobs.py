"""What goes on by itself around a goal."""

from app.core.clock import now
from app.core.work import Cron, Runtime
from app.goal import queries, service


def watching() -> Cron:
    """Return the look that is taken every minute at whether the goal has been met."""
    return Cron("goal-reached", "* * * * *", watch_goal)


def watch_goal(runtime: Runtime) -> None:
    """Record that the goal of the current campaign has been met, if it has.

    It is read off the spans, so a goal that was met between two looks is not missed.
    """
    with runtime.database.read() as session:
        moment = now(session)
        campaign = queries.current_campaign(session, moment)
        if campaign is None or campaign.reached_at is not None:
            return
        reached = queries.first_reached(session, campaign, moment)
    if reached is None:
        return
    with runtime.database.write() as session:
        service.record_reached(session, campaign.id, reached)
        session.commit()
