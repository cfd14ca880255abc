"""What the mails of a change of address say: to the new mailbox, to its owner, to the old one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.settings import Settings
from app.core.tokens import derived_code, derived_token, equal, token_hash
from app.mail.jobs import Speak
from app.mail.message import Words, site_name
from app.newsletters.preferences import links
from app.newsletters.preferences.address_changing import PURPOSE, UNDO
from app.newsletters.preferences.links import derived_again
from app.newsletters.preferences.models import AddressChange

_FIND = select(
    AddressChange.id,
    AddressChange.name,
    AddressChange.token_hash,
    AddressChange.undo_hash,
    AddressChange.used_at,
    AddressChange.ended_at,
    AddressChange.undone_at,
).where(AddressChange.id.in_(bindparam("ids", expanding=True)))

Say = Callable[[Settings, Held, Any], Words | None]


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails about settings and addresses their words."""
    return {
        links.TEMPLATE: links.words,
        "new_address": _speaking(_new_address),
        "address_taken": _speaking(_address_taken),
        "address_changed": _speaking(_address_changed),
    }


def _speaking(say: Say) -> Speak:
    def speak(session: Session, settings: Settings, rows: Sequence[Held]) -> Mapping[int, Words]:
        ids = [row.context["change_id"] for row in rows]
        found = {one.id: one for one in session.execute(_FIND, {"ids": ids})}
        said = {
            row.id: say(settings, row, found[row.context["change_id"]])
            for row in rows
            if row.context["change_id"] in found
        }
        return {row: words for row, words in said.items() if words is not None}

    return speak


def _new_address(settings: Settings, row: Held, change: Any) -> Words | None:  # noqa: ANN401 - a row
    if change.used_at is not None or change.ended_at is not None:
        return None
    token = derived_again(settings, PURPOSE, change.name, change.token_hash)
    code = next(
        derived_code(key, PURPOSE, change.name)
        for key in settings.secret_keys
        if equal(token_hash(derived_token(key, PURPOSE, change.name)), change.token_hash)
    )
    subject = translations(row.language).gettext("Is this your new address for %(name)s?")
    link = _link(settings, row.language, f"/newsletters/address/{token}")
    return Words(_named(settings, row, subject), {}, {"link": link, "code": code})


def _address_taken(settings: Settings, row: Held, _change: Any) -> Words:  # noqa: ANN401 - a row
    subject = translations(row.language).gettext("This address has settings of its own at %(name)s")
    values = {"settings_url": _link(settings, row.language, "/newsletters/preferences/")}
    return Words(_named(settings, row, subject), values)


def _address_changed(settings: Settings, row: Held, change: Any) -> Words | None:  # noqa: ANN401 - a row
    if change.undone_at is not None:
        return None
    token = derived_again(settings, UNDO, change.name, change.undo_hash)
    subject = translations(row.language).gettext("Your address at %(name)s was changed")
    link = _link(settings, row.language, f"/newsletters/address/undo/{token}")
    return Words(_named(settings, row, subject), {}, {"link": link})


def _link(settings: Settings, language: str, path: str) -> str:
    return f"{settings.site_url}{prefix(language)}{path}"


def _named(settings: Settings, row: Held, subject: str) -> str:
    return subject % {"name": site_name(settings, row.language)}
