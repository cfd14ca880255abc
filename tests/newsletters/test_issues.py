"""Issues: written, out, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.articles.service import UnknownReferenceError, WrongStateError
from app.core.clock import now
from app.core.errors import FieldError
from app.newsletters import issue_queries, issues
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.issues import IssueFacts
from tests.memberships.making import make_person
from tests.newsletters.making import make_list


def written(session: Session, slug: str = "first", **others: Any) -> Issue:  # noqa: ANN401 - any fact
    usual = {"newsletter": "daily", "subject": "One", "preheader": "Soon.", "body": "Text."}
    return issues.save_issue(session, IssueFacts(**{"slug": slug, **usual, **others}), now(session))


def out(session: Session, slug: str = "first", **ago: float) -> Issue:
    issue, moment = written(session, slug), now(session)
    issues.publish_issue(session, issue, moment - timedelta(**ago), moment)
    return issue


def archived(session: Session, **later: float) -> list[str]:
    found = issue_queries.archive(session, "daily", now(session) + timedelta(**later), 10)
    return [one.slug for one in found]


def test_a_draft_is_in_no_archive_and_a_published_issue_is(session: Session) -> None:
    make_list(session, "daily")
    written(session, "draft")
    out(session, "older", days=2)
    out(session, "newer", days=1)
    assert archived(session) == ["newer", "older"]


def test_a_scheduled_issue_appears_when_its_time_comes(session: Session) -> None:
    make_list(session, "daily")
    issue = out(session, hours=-1)
    assert (issue.state, archived(session), archived(session, hours=2)) == (
        "scheduled", [], ["first"],
    )  # fmt: skip
    assert issue_queries.next_appearance(session, now(session)) == issue.published_at


def test_what_was_taken_back_is_gone_and_stays_so(session: Session) -> None:
    make_list(session, "daily")
    issue = out(session)
    issues.withdraw_issue(session, issue)
    found = issue_queries.find_issue(session, "daily", "first", now(session))
    assert (archived(session), found and found.state) == ([], "withdrawn")
    with pytest.raises(WrongStateError):
        issues.publish_issue(session, issue, now(session), now(session))


def test_a_draft_cannot_be_taken_back(session: Session) -> None:
    make_list(session, "daily")
    with pytest.raises(WrongStateError):
        issues.withdraw_issue(session, written(session))


@pytest.mark.parametrize("column", ["members_only", "listed"])
def test_what_is_for_members_or_unlisted_has_no_public_archive(
    session: Session, column: str
) -> None:
    make_list(session, "daily", **{column: column == "members_only"})
    out(session)
    assert archived(session) == []
    assert issue_queries.find_issue(session, "daily", "first", now(session)) is None


def test_a_correction_of_what_is_out_says_when(session: Session) -> None:
    make_list(session, "daily")
    issue = out(session, days=1)
    written(session, body="Another text.")
    assert issue.updated_at is not None
    assert "Another" in issue.body_html


def test_raw_html_is_text(session: Session) -> None:
    make_list(session, "daily")
    assert "<script" not in written(session, body="<script>alert(1)</script>").body_html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "A B"),
        ("subject", " "),
        ("subject", "x" * 201),
        ("subject", "a\r\nBcc: b@post.example"),
        ("preheader", "x" * 301),
        ("body", "\n"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(
    session: Session, field: str, value: str
) -> None:
    make_list(session, "daily")
    with pytest.raises(FieldError) as told:
        written(session, **{field: value})
    assert told.value.field == field


def test_a_list_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(UnknownReferenceError):
        written(session)


def test_the_ledger_has_one_row_for_an_issue_and_a_person(session: Session) -> None:
    make_list(session, "daily")
    issue, person, moment = out(session), make_person(session), now(session)
    for message in ("a", "b"):
        session.add(
            IssueSend(
                issue_id=issue.id,
                person_id=person,
                message_id=message,
                state="waiting",
                created_at=moment,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()
