"""What is small and stands on most pages, read once per content version and kept."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.articles import catalogue, listings
from app.articles.catalogue import Named
from app.articles.listings import CardRead, FeedRead
from app.core.languages import LANGUAGES
from app.goal import queries as goals
from app.goal.queries import CampaignRead
from app.newsletters import issue_queries
from app.newsletters.lists import ListRead, all_lists
from app.newsletters.renaming import BySlug, former_slugs
from app.site.watching import Present

FEED_LINES = 8
SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Sections, names, lists, campaign, feed and picks at one content version.

    Attributes:
        content: That version.
        read_at: The domain's time of the reading.
        changes_at: When time alone changes some page, or None.
        sections: In the order of the masthead.
        authors: By slug.
        tags: By slug.
        lists: Newsletters in their order, found by the slugs that they had too.
        campaign: The present one, if any.
        feed: The newest lines, by language.
        picks: By language.
        languages: Those in which anything is published.
    """

    content: int
    read_at: datetime
    changes_at: datetime | None
    sections: dict[str, Named]
    authors: dict[str, Named]
    tags: dict[str, Named]
    lists: BySlug[ListRead]
    campaign: CampaignRead | None
    feed: dict[str, tuple[FeedRead, ...]]
    picks: dict[str, tuple[CardRead, ...]]
    languages: frozenset[str]

    def holds(self, present: Present) -> bool:
        """Tell whether this is still what stands around pages."""
        now = present.now
        begun = self.read_at - SKEW <= now
        return self.content == present.content and begun and not is_past(self.changes_at, now)


def is_past(boundary: datetime | None, now: datetime) -> bool:
    """Tell whether a boundary, if there is one, has been crossed."""
    return boundary is not None and boundary <= now


def read_newsroom(session: Session, content: int, now: datetime) -> Newsroom:
    """Read everything that is small."""
    turns = (
        catalogue.next_appearance(session, now),
        goals.next_turn(session, now),
        issue_queries.next_appearance(session, now),
    )
    return Newsroom(
        content=content,
        read_at=now,
        changes_at=min((turn for turn in turns if turn is not None), default=None),
        sections={section.slug: section for section in catalogue.sections(session)},
        authors={author.slug: author for author in catalogue.authors(session)},
        tags={tag.slug: tag for tag in catalogue.tags(session)},
        lists=BySlug({one.slug: one for one in all_lists(session)}, former_slugs(session)),
        campaign=goals.current_campaign(session, now),
        feed={one: tuple(listings.feed(session, one, now, FEED_LINES)) for one in LANGUAGES},
        picks={language: tuple(listings.picks(session, language, now)) for language in LANGUAGES},
        languages=catalogue.published_languages(session, now),
    )


class Keeper:
    """Keeps the latest newsroom of one process; one thread at a time reads a new one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Newsroom | None = None

    def newsroom(self, session: Session, present: Present) -> Newsroom:
        """Return the newsroom that belongs to a reading."""
        kept = self._kept
        if kept is not None and kept.holds(present):
            return kept
        with self._lock:
            if self._kept is None or not self._kept.holds(present):
                self._kept = read_newsroom(session, present.content, present.now)
            return self._kept
