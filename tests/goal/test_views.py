"""`/goal.json`: the number that the pages show, for programs and other sites."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.memberships import service
from app.memberships.queries import current_count
from app.memberships.service import Grant
from app.payments import drift
from app.payments.drift import Difference
from tests.goal.test_standing import make_campaign
from tests.memberships.making import make_person


@pytest.fixture
def client(settings: Settings, database: Database) -> FlaskClient:
    return compose(settings, database).test_client()


def join(session: Session) -> None:
    person, moment = make_person(session), now(session)
    service.grant(session, Grant(person, "bank", f"{person}", moment), reason="x", now=moment)
    session.commit()


def test_it_says_members_goal_moment_and_campaign(client: FlaskClient, session: Session) -> None:
    make_campaign(session)
    join(session)
    count = current_count(session, now(session))
    answer = client.get("/goal.json")

    assert count is not None
    assert answer.json == {
        "members": 1,
        "goal": 20_000,
        "as_of": f"{count.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "campaign": "winter",
        "drift": None,
        "compared_at": None,
    }
    assert answer.mimetype == "application/json"


def test_what_is_unknown_is_null(client: FlaskClient) -> None:
    names = ("members", "goal", "as_of", "campaign", "drift", "compared_at")
    unknown = dict.fromkeys(names)

    assert client.get("/goal.json").json == unknown


def test_it_says_how_the_last_comparison_with_stripe_ended(
    client: FlaskClient, session: Session
) -> None:
    moment = now(session)
    row = drift.begin(session, moment)
    drift.finish(session, row, 7, [Difference("invoice", "in_1", "It is not here.")], moment)
    session.commit()
    answer = client.get("/goal.json").json

    assert answer is not None
    assert (answer["drift"], answer["compared_at"]) == (1, f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def test_any_site_may_read_it_and_it_keeps_nothing_of_the_visitor(client: FlaskClient) -> None:
    headers = client.get("/goal.json", headers={"Origin": "https://elsewhere.example"}).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in headers


def test_it_is_asked_for_again_only_by_its_etag(client: FlaskClient, session: Session) -> None:
    join(session)
    first = client.get("/goal.json")
    again = client.get("/goal.json", headers={"If-None-Match": first.headers["ETag"]})
    join(session)
    moved = client.get("/goal.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert (moved.status_code, moved.json["members"]) == (200, 2)  # type: ignore[index] # it is an object


def test_nothing_can_be_posted_to_it(client: FlaskClient, database: Database) -> None:
    assert client.post("/goal.json").status_code == 405
