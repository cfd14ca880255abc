"""Finding people by whatever somebody holds of them: one condition for each kind of thing.

On PostgreSQL each way has an index of its own; SQLite, which a small newsroom runs on, reads its
names one by one.

Case is folded by the database as far as its locale goes, which on some is no further than ASCII:
so words of names are looked for as they were typed, in small letters, with a capital, in capitals.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    any_,
    collate,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import union as union_of
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.desk.people.typed import (
    ADDRESS,
    CODE,
    DOMAIN,
    NAME,
    PERSON,
    RECEIPT,
    TOO_SHORT,
    WORDS,
    Understood,
)
from app.memberships.gifts.codes import typed_hash
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import Intent
from app.memberships.money_models import Customer, Dispute, Membership, Payment, Refund
from app.payments import kinds
from app.payments.models import DirtyKey
from app.people.models import EmailAddress, Person

MOST = 1_000
"""How many are found at most: whoever finds so many has to type more."""
LAST = "\U0010ffff"
MOST_WORDS = 6
SIMPLE: ColumnElement[Any] = literal_column("'simple'")


def people_found(session: Session, understood: Understood, settings: Settings) -> list[int]:
    """Return the ids of the people whom something finds, `MOST` of them at most."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    found = _finding(understood, settings, is_sqlite=is_sqlite)
    return [] if found is None else sorted(set(session.scalars(found)))


def found_by(understood: Understood, settings: Settings, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Return what holds for the people whom something finds.

    PostgreSQL finds them first, as an array: else it may go through everybody in the list's order
    and ask of each, for it cannot know how few there are.

    Args:
        understood: What is looked for.
        settings: For the key of gifts' codes.
        is_sqlite: Which database is asked.
    """
    found = _finding(understood, settings, is_sqlite=is_sqlite)
    if found is None:
        return false()
    if is_sqlite:
        return Person.id.in_(found)
    return Person.id == any_(func.array(found.scalar_subquery()))


def _finding(understood: Understood, settings: Settings, *, is_sqlite: bool) -> Select[Any] | None:
    """Return what finds people's ids; None if nothing can."""
    ways: dict[str, Callable[[str], Select[Any]]] = {
        PERSON: lambda text: select(Person.id).where(Person.public_id == text),
        RECEIPT: lambda text: select(Payment.person_id).where(Payment.receipt_number == text),
        ADDRESS: lambda text: _by_address(text, is_sqlite=is_sqlite),
        DOMAIN: lambda text: _by_domain(text, is_sqlite=is_sqlite),
        "customer": lambda text: select(Customer.person_id).where(Customer.customer_id == text),
        "subscription": lambda text: select(Membership.person_id).where(
            Membership.subscription_id == text
        ),
        "payment": lambda text: select(Payment.person_id).where(Payment.payment_id == text),
        "charge": _by_charge,
        "invoice": lambda text: select(Payment.person_id).where(Payment.invoice_id == text),
        "refund": lambda text: _through(Refund.payment_id, Refund.refund_id == text),
        "dispute": lambda text: _through(Dispute.payment_id, Dispute.dispute_id == text),
        "checkout": lambda text: select(Intent.person_id).where(Intent.checkout_id == text),
    }
    if understood.kind == TOO_SHORT:
        return None
    if understood.kind == CODE:
        return _by_code(understood.text, settings)
    if understood.kind == NAME:
        return _by_name(understood.text, is_sqlite=is_sqlite)
    return ways[understood.kind](understood.text).limit(MOST)


def _through(payment_id: Any, which: ColumnElement[bool]) -> Select[Any]:  # noqa: ANN401 - a column
    return select(Payment.person_id).where(Payment.id.in_(select(payment_id).where(which)))


def _by_charge(text: str) -> Select[Any]:
    """Return whose payment a charge is: as it was seen with it, or as an event led from it."""
    about = select(DirtyKey.leads_to_id).where(
        DirtyKey.kind == kinds.CHARGE, DirtyKey.object_id == text
    )
    payment = select(DirtyKey.object_id).where(DirtyKey.id.in_(about))
    ways = (Payment.charge_id == text, Payment.payment_id.in_(payment))
    return _either(*(select(Payment.person_id.label("id")).where(way) for way in ways))


def _by_code(text: str, settings: Settings) -> Select[Any]:
    """Return whoever bought a gift and whoever took it up: nobody is found by a part of a code."""
    is_it = GiftMembership.code_hash == typed_hash(settings, text)
    people = (GiftMembership.buyer_id, GiftMembership.redeemed_by_id)
    return _either(*(select(one.label("id")).where(is_it, one.is_not(None)) for one in people))


def _either(*ways: Select[Any]) -> Select[Any]:
    """Return what one of several ways finds, each by its own index."""
    return select(union_of(*(select(way.subquery().c.id) for way in ways)).subquery().c.id)


def _by_address(text: str, *, is_sqlite: bool) -> Select[Any]:
    return select(EmailAddress.person_id).where(
        _begins(EmailAddress.key, text, is_sqlite=is_sqlite)
    )


def _by_domain(text: str, *, is_sqlite: bool) -> Select[Any]:
    domain: ColumnElement[str]
    if is_sqlite:
        domain = func.substr(EmailAddress.key, func.instr(EmailAddress.key, "@") + 1)
    else:
        domain = func.split_part(EmailAddress.key, literal_column("'@'"), literal_column("2"))
    return select(EmailAddress.person_id).where(_begins(domain, text, is_sqlite=is_sqlite))


def _begins(column: Any, text: str, *, is_sqlite: bool) -> ColumnElement[bool]:  # noqa: ANN401 - a column or an expression
    """Return whether something begins with a text: a range, which an index answers in any plan."""
    ordered = column if is_sqlite else collate(column, "C")
    begins: ColumnElement[bool] = (ordered >= text) & (ordered < text + LAST)
    return begins


def _by_name(text: str, *, is_sqlite: bool) -> Select[Any]:
    """Return whose name has words that begin so, and, for one word, whose address does."""
    words = WORDS.findall(text)[:MOST_WORDS]
    names = select(Person.id.label("id")).where(*_names(words, is_sqlite=is_sqlite)).limit(MOST)
    if " " in text:
        return names
    key = text.casefold()
    addresses = select(EmailAddress.person_id.label("id")).where(
        _begins(EmailAddress.key, key, is_sqlite=is_sqlite)
    )
    return _either(names, addresses.limit(MOST)).limit(MOST)


def _names(words: list[str], *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    if is_sqlite:
        name = func.lower(Person.name)
        return [or_(*(_word_begins(name, one) for one in _cases(word))) for word in words]
    asked = " & ".join(
        "(" + " | ".join(f"{one}:*" for one in sorted(_cases(word))) + ")" for word in words
    )
    return [func.to_tsvector(SIMPLE, Person.name).op("@@")(func.to_tsquery(SIMPLE, asked))]


def _word_begins(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Return whether a word of a name begins so: at its start, or after what parts words."""
    return or_(
        name.startswith(word, autoescape=True),
        *(name.contains(f"{before}{word}", autoescape=True) for before in " -'’("),
    )


def _cases(word: str) -> set[str]:
    """Return a word as its database may hold it, once that has folded what it can."""
    return {_ascii_lower(one) for one in (word, word.lower(), word.title(), word.upper())}


def _ascii_lower(word: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in word)
