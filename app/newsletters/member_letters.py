"""What mails say to whoever asked for a list that is for members, and is none."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.settings import Settings
from app.mail.message import Words, site_name
from app.newsletters.models import SignupRequest, Subscription
from app.newsletters.queries import List, read_lists

_ASKED = select(SignupRequest.id, SignupRequest.confirmation_id, SignupRequest.lists)
_BY_ID = _ASKED.where(SignupRequest.id.in_(bindparam("ids", expanding=True)))
_BY_CONFIRMATION = _ASKED.where(SignupRequest.confirmation_id.in_(bindparam("ids", expanding=True)))
_CONFIRMED = select(Subscription.person_id, Subscription.newsletter_id).where(
    Subscription.person_id.in_(bindparam("people", expanding=True)),
    Subscription.state == "confirmed",
)


def asked_in(session: Session, requests: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the lists that sign-ups asked for, by their ids."""
    rows = session.execute(_BY_ID, {"ids": list(requests)})
    return {row.id: frozenset(row.lists) for row in rows}


def asked_for(session: Session, confirmations: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the lists that were asked for behind confirmations, by the ids of these."""
    found: dict[int, frozenset[int]] = {}
    for row in session.execute(_BY_CONFIRMATION, {"ids": list(confirmations)}):
        earlier = found.get(row.confirmation_id, frozenset())
        found[row.confirmation_id] = earlier | frozenset(row.lists)
    return found


def confirmed_lists(session: Session, people: Collection[int | None]) -> dict[int, set[int]]:
    """Return what people are subscribed to, by person."""
    found: dict[int, set[int]] = {}
    for row in session.execute(_CONFIRMED, {"people": list(people)}):
        found.setdefault(row.person_id, set()).add(row.newsletter_id)
    return found


def barred_names(
    lists: Iterable[List], asked: Collection[int], has: Collection[int], language: str
) -> tuple[str, ...]:
    """Return the names of lists for members that somebody asked for and does not get."""
    return tuple(
        one.name(language)
        for one in lists
        if one.members_only and one.open and one.id in asked and one.id not in has
    )


def join_url(settings: Settings, language: str) -> str:
    """Return where one becomes a member."""
    return f"{settings.site_url}{prefix(language)}/join/"


def words(session: Session, settings: Settings, rows: Sequence[Held]) -> Mapping[int, Words]:
    """Return the words for people who asked for nothing but lists for members."""
    asked = asked_in(session, [row.context["request_id"] for row in rows])
    has = confirmed_lists(session, [row.person_id for row in rows])
    lists = read_lists(session)
    said = {}
    for row in rows:
        wanted = asked.get(row.context["request_id"], frozenset())
        names = barred_names(lists, wanted, has.get(row.person_id, ()), row.language)
        if names:
            subject = translations(row.language).gettext("A newsletter for members of %(name)s")
            said[row.id] = Words(
                subject % {"name": site_name(settings, row.language)},
                {"lists": names, "join_url": join_url(settings, row.language)},
            )
    return said
