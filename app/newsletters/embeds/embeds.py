"""The sites that may carry our forms: read on every sign-up from elsewhere, written by staff."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import OperatorError
from app.core.recent import Recent
from app.newsletters.embeds.models import EmbedOrigin, EmbedSite
from app.newsletters.models import Newsletter
from app.newsletters.queries import List

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LONGEST_SOURCE = 300

_ROWS = (
    select(EmbedSite.name, EmbedSite.lists, EmbedSite.enabled, EmbedOrigin.origin)
    .outerjoin(EmbedOrigin, EmbedOrigin.site_id == EmbedSite.id)
    .order_by(EmbedSite.name, EmbedOrigin.origin)
)


@dataclass(frozen=True, slots=True)
class Embed:
    """Another site with our form.

    Attributes:
        name: Under which its sign-ups are counted.
        origins: Its own, as browsers send them.
        lists: Ids of those it may offer; empty for all that are open.
        enabled: Its sign-ups are taken.
    """

    name: str
    origins: tuple[str, ...]
    lists: frozenset[int]
    enabled: bool

    def may_offer(self, newsletter_id: int) -> bool:
        """Tell whether a list may be offered there."""
        return not self.lists or newsletter_id in self.lists

    def source(self, path: str | None) -> str:
        """Return what a sign-up from there is counted under: the name, and the path if sent.

        A path of our own begins with a slash, so that neither can be taken for the other.
        """
        whole = f"{self.name}{path or ''}"
        return whole if len(whole) <= LONGEST_SOURCE else self.name


def read_embeds(session: Session) -> list[Embed]:
    """Return every site, by name."""
    found: dict[str, Embed] = {}
    for row in session.execute(_ROWS):
        before = found[row.name].origins if row.name in found else ()
        origins = (*before, row.origin) if row.origin else before
        found[row.name] = Embed(row.name, origins, frozenset(row.lists), row.enabled)
    return list(found.values())


def _by_origin(session: Session) -> Mapping[str, Embed]:
    sites = [one for one in read_embeds(session) if one.enabled]
    return MappingProxyType({origin: one for one in sites for origin in one.origins})


_recent = Recent(_by_origin)


def embed_at(database: Database, origin: str) -> Embed | None:
    """Return the enabled site at an origin, written exactly so; asks once a second."""
    return _recent.get(database).get(origin)


def embed_named(database: Database, name: str) -> Embed | None:
    """Return the enabled site of a name; asks the database once a second."""
    return next((one for one in _recent.get(database).values() if one.name == name), None)


def offered(site: Embed, lists: Sequence[List]) -> list[List]:
    """Return the open lists that a site may offer, in the newsroom's order.

    A list that our own page of newsletters leaves out is offered where it was named.
    """
    may = [one for one in lists if one.open and site.may_offer(one.id)]
    return [one for one in may if one.listed or site.lists]


def forget_embeds(database: Database) -> None:
    """Have the sites read anew at once, in this process."""
    _recent.forget(database)


def save_embed(
    session: Session, name: str, origins: Sequence[str], slugs: Sequence[str], now: datetime
) -> bool:
    """Allow a site, or bring it up to what is given; flushed, not committed.

    Args:
        session: Writing.
        name: Lower-case letters, digits and hyphens.
        origins: As `read_origin` returns them; at least one.
        slugs: Of the lists it may offer; none for all that are open.
        now: The domain's present moment.

    Returns:
        Whether the site is new.

    Raises:
        OperatorError: The name cannot be taken, an origin is another site's, or there is no such
            list.
    """
    if not NAME.fullmatch(name):
        raise OperatorError(f"{name} is no name: use a to z, 0 to 9 and hyphens, 40 at most.")
    lists = _ids(session, slugs)
    site = session.scalar(select(EmbedSite).where(EmbedSite.name == name).with_for_update())
    is_new = site is None
    if site is None:
        site = EmbedSite(name=name, lists=lists, enabled=True, created_at=now)
        session.add(site)
    site.lists, site.enabled = lists, True
    session.flush()
    _take_origins(session, site, dict.fromkeys(origins))
    return is_new


def _ids(session: Session, slugs: Sequence[str]) -> list[int]:
    rows = session.execute(select(Newsletter.slug, Newsletter.id).where(Newsletter.slug.in_(slugs)))
    known = {row.slug: row.id for row in rows}
    missing = [slug for slug in slugs if slug not in known]
    if missing:
        raise OperatorError(f"There is no newsletter {missing[0]}.")
    return [known[slug] for slug in dict.fromkeys(slugs)]


def _take_origins(session: Session, site: EmbedSite, origins: Mapping[str, None]) -> None:
    taken = (
        select(EmbedOrigin.origin, EmbedSite.name)
        .join(EmbedSite, EmbedSite.id == EmbedOrigin.site_id)
        .where(EmbedOrigin.origin.in_(list(origins)), EmbedOrigin.site_id != site.id)
    )
    for row in session.execute(taken):
        raise OperatorError(f"{row.origin} belongs to {row.name}: remove it there first.")
    session.execute(delete(EmbedOrigin).where(EmbedOrigin.site_id == site.id))
    session.add_all([EmbedOrigin(origin=one, site_id=site.id) for one in origins])
    session.flush()


def close_embed(session: Session, name: str) -> None:
    """Take no more sign-ups from a site; its origins are free again, what it brought stays counted.

    Raises:
        OperatorError: There is no such site.
    """
    site = session.scalar(select(EmbedSite).where(EmbedSite.name == name).with_for_update())
    if site is None:
        raise OperatorError(
            f"There is no site {name}: see `flask --app wsgi newsletters embeds list`."
        )
    session.execute(delete(EmbedOrigin).where(EmbedOrigin.site_id == site.id))
    site.enabled = False
    session.flush()
