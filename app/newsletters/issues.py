"""Writing issues and letting them appear. Callers commit; sending them comes beside it."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import markdown
from app.articles.service import UnknownReferenceError, WrongStateError, check_slug
from app.articles.versions import bump
from app.core.errors import FieldError
from app.newsletters.issue_models import Issue
from app.newsletters.models import Newsletter

LONGEST_SLUG, LONGEST_SUBJECT, LONGEST_PREHEADER = 120, 200, 300
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """An issue as it is written; `newsletter` is a slug, `body` Markdown."""

    newsletter: str
    slug: str
    subject: str
    preheader: str
    body: str


def save_issue(session: Session, facts: IssueFacts, now: datetime) -> Issue:
    """Make an issue, as a draft, or bring it up to `facts`; one that is out says when it changed.

    Raises:
        FieldError: A part of it cannot be taken.
        UnknownReferenceError: There is no such list.
    """
    _check(facts)
    newsletter = session.scalar(select(Newsletter.id).where(Newsletter.slug == facts.newsletter))
    if newsletter is None:
        raise UnknownReferenceError(f"There is no newsletter {facts.newsletter}.")
    mine = (Issue.newsletter_id == newsletter) & (Issue.slug == facts.slug)
    issue = session.scalar(select(Issue).where(mine))
    if issue is None:
        issue = Issue(newsletter_id=newsletter, slug=facts.slug, state="draft", created_at=now)
        session.add(issue)
    elif issue.body_markdown != facts.body and issue.state == "published":
        issue.updated_at = now
    issue.subject, issue.preheader = facts.subject, facts.preheader
    issue.body_markdown, issue.body_html = facts.body, markdown.to_html(facts.body)
    session.flush()
    bump(session)
    return issue


def _check(facts: IssueFacts) -> None:
    check_slug(facts.slug)
    texts = (
        ("slug", facts.slug, LONGEST_SLUG),
        ("subject", facts.subject, LONGEST_SUBJECT),
        ("preheader", facts.preheader, LONGEST_PREHEADER),
    )
    for field, text, most in texts:
        if len(text) > most:
            raise FieldError(field, f"It is longer than {most} characters.")
        if CONTROL.search(text):
            raise FieldError(field, "It must be one line.")
    if not facts.subject.strip():
        raise FieldError("subject", "An issue needs a subject.")
    if not facts.body.strip():
        raise FieldError("body", "An issue needs a text.")


def publish_issue(session: Session, issue: Issue, at: datetime, now: datetime) -> None:
    """Let an issue appear in the archive, now or when its time comes.

    Raises:
        WrongStateError: It was taken back.
    """
    if issue.state == "withdrawn":
        raise WrongStateError("This issue was taken back; write another.")
    issue.state = "scheduled" if at > now else "published"
    issue.published_at = at
    session.flush()
    bump(session)


def withdraw_issue(session: Session, issue: Issue) -> None:
    """Take an issue out of the archive for good; what was mailed stays where it is.

    Raises:
        WrongStateError: It never was to appear.
    """
    if issue.state == "draft":
        raise WrongStateError("A draft has not appeared.")
    issue.state = "withdrawn"
    session.flush()
    bump(session)
