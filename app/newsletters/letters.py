"""What the mails of newsletters say: words for whole batches, found by the ids in their rows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.orm import in_language
from app.core.settings import Settings
from app.mail.jobs import Speak
from app.mail.message import Words, return_path, site_name
from app.newsletters import member_letters
from app.newsletters.confirming import token_and_code
from app.newsletters.leaving import leave_mac, leave_seal
from app.newsletters.models import Confirmation, Subscription
from app.newsletters.preferences import address_letters
from app.newsletters.queries import List, pending_lists, read_lists
from app.people.models import Person
from app.people.survivors import stands_for

SENDER_ID = 15  # characters at most

_CONFIRMATIONS = (
    select(
        Confirmation.id,
        stands_for().label("person_id"),
        Confirmation.name,
        Confirmation.token_hash,
    )
    .join(Person, Person.id == Confirmation.person_id)
    .where(
        Confirmation.id.in_(bindparam("ids", expanding=True)),
        Confirmation.used_at.is_(None),
        Confirmation.ended_at.is_(None),
    )
)
_WELCOMED = (
    select(Subscription.person_id, Subscription.newsletter_id, Person.public_id)
    .join(Person, Person.id == Subscription.person_id)
    .where(
        Subscription.person_id.in_(bindparam("people", expanding=True)),
        Subscription.state == "confirmed",
    )
)


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails their words."""
    return {
        "confirm": confirm_words,
        "confirm_code": confirm_words,
        "already": already_words,
        "welcome": welcome_words,
        "for_members": member_letters.words,
        **address_letters.speakers(),
    }


def link(settings: Settings, language: str, path: str) -> str:
    """Return the absolute address of a page in a language."""
    return f"{settings.site_url}{prefix(language)}{path}"


def confirm_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words of confirmations that are still open and have lists to confirm."""
    ids = [row.context["confirmation_id"] for row in rows]
    found = {one.id: one for one in session.execute(_CONFIRMATIONS, {"ids": ids})}
    pending = pending_lists(session, [one.person_id for one in found.values()])
    lists = {one.id: one for one in read_lists(session)}
    asked = member_letters.asked_for(session, list(found))
    words = {}
    for row in rows:
        one = found.get(row.context["confirmation_id"])
        if one is None or one.person_id not in pending:
            continue
        token, code = token_and_code(settings, one.name, one.token_hash)
        names = tuple(lists[each].name(row.language) for each in pending[one.person_id])
        url = link(settings, row.language, f"/newsletters/confirm/{token}")
        has = pending[one.person_id]
        barred = member_letters.barred_names(
            lists.values(), asked.get(one.id, ()), has, row.language
        )
        words[row.id] = Words(
            _named(settings, row, translations(row.language).gettext("Please confirm: %(name)s")),
            {
                "lists": names,
                "barred": barred,
                "join_url": member_letters.join_url(settings, row.language),
            },
            {"link": url, "code": code},
        )
    return words


def already_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words for people who asked for what they get already."""
    asked = member_letters.asked_in(session, [row.context["request_id"] for row in rows])
    has = member_letters.confirmed_lists(session, [row.person_id for row in rows])
    lists = read_lists(session)
    return {
        row.id: Words(
            _named(
                settings,
                row,
                translations(row.language).gettext("Your newsletters from %(name)s"),
            ),
            {
                "lists": _names(
                    lists,
                    asked[row.context["request_id"]] & has.get(row.person_id, set()),
                    row.language,
                ),
                "newsletters_url": link(settings, row.language, "/newsletters/"),
            },
        )
        for row in rows
        if row.context["request_id"] in asked
    }


def welcome_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words that greet those who are still subscribed."""
    found = session.execute(_WELCOMED, {"people": [row.person_id for row in rows]})
    people = {(one.person_id, one.newsletter_id): one.public_id for one in found}
    lists = {one.id: one for one in read_lists(session)}
    return {
        row.id: _welcome(settings, row, lists[row.context["newsletter_id"]], people[held])
        for row in rows
        if (held := (row.person_id, row.context["newsletter_id"])) in people
    }


def _welcome(settings: Settings, row: Held, newsletter: List, person: str) -> Words:
    name = newsletter.name(row.language)
    leave = leave_url(settings, row.language, person, newsletter.slug)
    values = {
        "list_name": name,
        "description": in_language(dict(newsletter.descriptions), row.language),
        "cadence": in_language(dict(newsletter.cadences), row.language),
    }
    subject = translations(row.language).gettext("Welcome to %(name)s") % {"name": name}
    return Words(
        subject,
        values,
        {
            "leave_url": leave,
            "settings_url": one_list_url(settings, row.language, person, newsletter.slug),
        },
        list_headers(settings, newsletter, person, leave),
        sender=in_language(dict(newsletter.senders), row.language),
        reply_to=newsletter.reply_to,
    )


def leave_url(settings: Settings, language: str, person: str, slug: str) -> str:
    """Return the link that opens the unsubscribing of one person from one list."""
    mac = leave_mac(settings, person, slug)
    return link(settings, language, f"/newsletters/unsubscribe/{person}/{quote(slug)}/{mac}")


def one_list_url(settings: Settings, language: str, person: str, slug: str) -> str:
    """Return the link to what a reader may set of one list; it goes no further, like the other."""
    mac = leave_mac(settings, person, slug)
    return link(settings, language, f"/newsletters/preferences/{person}/{quote(slug)}/{mac}")


def list_headers(settings: Settings, newsletter: List, person: str, leave: str) -> dict[str, str]:
    """Return the headers of list mail: RFC 2919, RFC 2369, RFC 8058.

    `Feedback-ID` tells large mailbox providers which list it is that readers complain of, and
    nothing of the reader (https://support.google.com/a/answer/6254652).
    """
    sender = settings.site_host.replace(".", "")[:SENDER_ID]
    return {
        "List-Id": f"<{newsletter.slug}.{settings.site_host}>",
        "List-Unsubscribe": ", ".join(
            f"<{way}>" for way in _ways_out(settings, newsletter, person, leave)
        ),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{newsletter.slug}::lists:{sender}",
    }


def _ways_out(settings: Settings, newsletter: List, person: str, leave: str) -> Iterator[str]:
    """Yield the link, and an address to write to where returned mail is read."""
    yield leave
    if settings.mail_bounces:
        way = return_path(settings, leave_seal(settings, person, newsletter.id))
        yield f"mailto:{way}?subject=unsubscribe"


def _named(settings: Settings, row: Held, subject: str) -> str:
    return subject % {"name": site_name(settings, row.language)}


def _names(lists: Sequence[List], asked: Collection[int], language: str) -> tuple[str, ...]:
    return tuple(one.name(language) for one in lists if one.id in asked)
