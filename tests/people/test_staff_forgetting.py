"""What the desk leaves behind is forgotten in time, and not before."""

from datetime import timedelta

from sqlalchemy import select

from app.articles.editing_models import PreviewLink
from app.core import retention
from app.core.clock import now
from app.core.database import Database
from app.core.retention import RetentionRun
from app.people.staff_credentials_models import StaffInvitation
from app.people.staff_morning import MorningSent
from app.wiring import RETENTION
from tests.articles.making import make_draft, make_newsroom
from tests.people.staff_making import make_staff

DAY = timedelta(days=1)
KEPT = {MorningSent: 30, PreviewLink: 90, StaffInvitation: 400, RetentionRun: 400}
"""In days, after the moment that each has."""


def test_what_is_old_enough_goes_and_what_is_younger_stays(database: Database) -> None:
    with database.write() as session:
        make_newsroom(session)
        edition, staff = make_draft(session).id, make_staff(session)
        for model, days in KEPT.items():
            for name, late in (("old", -DAY), ("young", DAY)):
                at = now(session) - DAY * days + late
                link = {"token_hash": name, "expires_at": at}
                values = {
                    MorningSent: {"staff_id": staff, "day": at.date(), "created_at": at},
                    PreviewLink: {"edition_id": edition, "label": name, "made_at": at, **link},
                    StaffInvitation: {"staff_id": staff, "name": name, "created_at": at, **link},
                    RetentionRun: {"part": name, "before": at, "finished_at": at, "forgotten": {}},
                }
                session.add(model(**values[model]))
        session.commit()

    retention.run(database, RETENTION)

    with database.read() as session:
        assert len(session.scalars(select(MorningSent)).all()) == 1
        assert session.scalars(select(PreviewLink.label)).all() == ["young"]
        assert session.scalars(select(StaffInvitation.name)).all() == ["young"]
        assert {"old", "young"} & set(session.scalars(select(RetentionRun.part))) == {"young"}
