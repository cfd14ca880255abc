"""The form of a line of the feed: from what was typed to what is written, and back."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.articles.feeding import LineFacts, facts_of, line_mark
from app.articles.models import FeedItem
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.desk.typing_in import moment_of, spread, spread_moment, texts_of

NOW, LATER = "now", "at"


def read_line(values: Mapping[str, str], zone: ZoneInfo, now: datetime) -> LineFacts:
    """Return what a form says.

    Raises:
        FieldError: Its time cannot be.
    """
    article = values.get("article", "")
    return LineFacts(
        headline=texts_of(values, "headline"),
        body=texts_of(values, "body"),
        published_at=_time(values, zone) or now,
        article_id=int(article) if article.isdecimal() and len(article) < 18 else None,  # noqa: PLR2004 - what a row's number can hold
    )


def _time(values: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    if values.get("when", NOW) != LATER:
        return None
    moment = moment_of(values, "at", zone)
    if moment is None:
        raise FieldError("at", _("Say when, or send it now."))
    return moment


def line_fields(line: FeedItem, zone: ZoneInfo) -> dict[str, str]:
    """Return the fields that show a line."""
    facts = facts_of(line)
    return {
        **spread("headline", facts.headline),
        **spread("body", facts.body),
        **spread_moment("at", facts.published_at, zone),
        "when": LATER,
        "article": str(facts.article_id or ""),
        "seen": line_mark(line),
    }


def wants_articles(values: Mapping[str, str]) -> bool:
    """Tell whether the form was sent to find an article, and not yet to be taken."""
    words = values.get("find", "")
    return "find_now" in values or bool(words and words != values.get("found_for", ""))


def in_the_log(line: FeedItem) -> dict[str, object]:
    """Return what the audit log keeps of a line: no words, for they may name people."""
    return {
        "headline": sorted(line.headline),
        "body": sorted(line.body),
        "text": line_mark(line),
        "published_at": line.published_at,
        "article_id": line.article_id,
        "withdrawn": line.withdrawn_at is not None,
    }
