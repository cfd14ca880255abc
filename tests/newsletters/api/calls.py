"""Calls of the API, as another system makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.test import TestResponse

from app.core.api_document import PROBLEM
from app.core.clock import now
from app.core.json_schema import faults
from app.core.problems import TYPE
from app.newsletters.api.schemas import SCOPES
from app.people import tokens
from tests.newsletters.making import ANN, Newsroom

SIGNUP = {"email": ANN, "newsletters": ["daily"]}


def make_token(
    newsroom: Newsroom,
    scopes: Iterable[str] = SCOPES,
    name: str = "crm",
    until: datetime | None = None,
) -> str:
    """Make a token."""
    with newsroom.database.write() as session:
        made = tokens.create(session, name, scopes, now(session), until)
        session.commit()
    return made


@dataclass
class Api:
    """A system that has a token."""

    newsroom: Newsroom
    token: str

    def call(self, method: str, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - as Flask's client takes
        """Call something under `/api/v1`."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.newsroom.client.open(
            f"/api/v1{path}", method=method, headers=headers, **options
        )

    def get(self, path: str) -> TestResponse:
        """Read something."""
        return self.call("GET", path)

    def post(self, path: str, body: object) -> TestResponse:
        """Send JSON."""
        return self.call("POST", path, json=body)

    def signs_up(self, **fields: object) -> TestResponse:
        """Sign Ann up, with success, and have the lanes work."""
        answer = self.post("/subscriptions", {**SIGNUP, **fields})
        assert answer.status_code == 202, answer.text
        self.newsroom.work()
        return answer

    def state(self, address: str = ANN) -> Any:  # noqa: ANN401 - what JSON holds
        """Return what is said of a person."""
        return self.post("/lookups", {"email": address}).json


def json_of(answer: TestResponse) -> Any:  # noqa: ANN401 - what JSON holds
    """Return what an answer says."""
    return answer.get_json()


def problem_of(answer: TestResponse, status: int) -> dict[str, Any]:
    """Return the problem that an answer is, which has the shape that is published."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == TYPE
    found: dict[str, Any] = answer.get_json(force=True)
    assert list(faults(PROBLEM, found)) == []
    assert found["status"] == status
    return found


def pointers(answer: TestResponse) -> list[str]:
    """Return which fields were refused."""
    return [one["pointer"] for one in problem_of(answer, 422)["errors"]]
