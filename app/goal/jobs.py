"""What goes on by itself around a goal."""

from app.core.clock import now
from app.core.database import Database
from app.goal import queries, service


def watch_goal(database: Database) -> bool:
    """Record that the goal of the current campaign has been met, if it has; tell whether it was.

    It is read off the spans, so a goal that was met between two looks is not missed.
    """
    with database.read() as session:
        moment = now(session)
        campaign = queries.current_campaign(session, moment)
        if campaign is None or campaign.reached_at is not None:
            return False
        reached = queries.first_reached(session, campaign, moment)
    if reached is None:
        return False
    with database.write() as session:
        service.record_reached(session, campaign.id, reached)
        session.commit()
    return True
