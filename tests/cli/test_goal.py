"""`flask goal show`: the standing of this newsroom's database."""

import json

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.memberships import service
from app.memberships.service import Grant
from tests.goal.test_standing import make_campaign
from tests.memberships.making import make_person


def show(settings: Settings, database: Database, *words: str) -> str:
    result = compose(settings, database).test_cli_runner().invoke(args=["goal", "show", *words])
    assert result.exit_code == 0, result.output
    return result.output


def join(database: Database) -> None:
    with database.write() as session:
        person, moment = make_person(session), now(session)
        make_campaign(session, goal=4)
        service.grant(session, Grant(person, "bank", "1", moment), reason="x", now=moment)
        session.commit()


def test_an_empty_newsroom_is_told_what_is_missing(settings: Settings, database: Database) -> None:
    assert show(settings, database).splitlines() == [
        "The count is unknown: nobody has been granted or imported a membership yet.",
        "No campaign has begun, so there is no goal to measure by.",
    ]


def test_the_standing_is_drawn(settings: Settings, database: Database) -> None:
    join(database)
    text = show(settings, database)

    assert "1 member of 4, 25.0 %" in text
    assert "Winter drive: no end is set" in text


def test_for_programs_it_is_json(settings: Settings, database: Database) -> None:
    join(database)
    found = json.loads(show(settings, database, "--json"))

    assert (found["members"], found["goal"], found["percent"]) == (1, 4, 25.0)
    assert found["flows"]["today"]["joined"] == found["flows"]["today"]["net"] == 1
