"""People of another installation, found here by their ids and addresses, or made."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.core.errors import OperatorError
from app.core.orm import insert_for, table_of
from app.core.settings import Settings
from app.mail.addresses import AddressError, read_address
from app.mail.models import Suppression
from app.mail.suppression import ERASED, GRAVITY, address_hash, suppress_hashes
from app.newsletters.moving.columns import reader_of, values_of
from app.newsletters.moving.files import Record
from app.people.models import EmailAddress, Person
from app.people.service import people_with

_IDS = select(Person.public_id, Person.id).where(
    Person.public_id.in_(bindparam("names", expanding=True))
)
_REASONS = select(Suppression.address_hash, Suppression.reason).where(
    Suppression.address_hash.in_(bindparam("hashes", expanding=True))
)
_KEYS = select(EmailAddress.person_id, EmailAddress.key).where(
    EmailAddress.person_id.in_(bindparam("people", expanding=True))
)

_LEAD = (
    update(table_of(Person))
    .where(
        Person.id == bindparam("gone"),
        Person.merged_into_id.is_(None),
        ~select(EmailAddress.id).where(EmailAddress.person_id == Person.id).exists(),
    )
    .values(merged_into_id=bindparam("stays"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """How many people were new here, known, or left alone since they were erased here."""

    new: int
    known: int
    left: int


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """An address of somebody.

    Attributes:
        row: As it goes into the table, without the person.
        reason: Why nothing was sent to it there, or empty.
    """

    row: dict[str, Any]
    reason: str

    @property
    def key(self) -> str:
        """By which mailboxes compare."""
        return str(self.row["key"])


class People:
    """Who is who: most are found by the public id that they bring along, the others remembered."""

    def __init__(self, settings: Settings, *, same_key: bool) -> None:
        self._settings = settings
        self._same_key = same_key
        self._others: dict[str, int | None] = {}
        self._became: dict[str, str] = {}

    def found(self, session: Session, names: Collection[str]) -> dict[str, int]:
        """Return the person here for each public id there; those left alone have none."""
        rows = session.execute(_IDS, {"names": list(names)}).all() if names else ()
        others = {one: self._others[one] for one in names if one in self._others}
        whole = dict(rows) | others
        return {name: person for name, person in whole.items() if person is not None}

    def take(self, session: Session, batch: Sequence[Record], now: datetime) -> Found:
        """Make the people who are not here, with their addresses."""
        mailboxes = {one["public_id"]: self._mailboxes(one) for one in batch}
        became = {one["public_id"]: one.get("merged_into", "") for one in batch}
        self._became |= {name: into for name, into in became.items() if into}
        known = dict(session.execute(_IDS, {"names": list(mailboxes)}).all())
        holders = people_with(session, (box.key for them in mailboxes.values() for box in them))
        erased = self._erased(session, mailboxes, holders)
        new: list[dict[str, Any]] = []
        for record in batch:
            name = record["public_id"]
            holder = next((holders[b.key] for b in mailboxes[name] if b.key in holders), None)
            if name in known:
                continue
            if holder is not None or name in erased:
                self._others[name] = holder
            else:
                new.append(values_of(table_of(Person), record))
        if new:
            session.connection().execute(insert(table_of(Person)), new)
        self._add_mailboxes(session, mailboxes, erased)
        if not self._same_key:
            self._suppress(session, mailboxes, now)
        left = sum(name in erased and name not in known for name in mailboxes)
        return Found(len(new), len(batch) - len(new) - left, left)

    def lead(self, session: Session) -> None:
        """Have whoever was merged into another there lead to that one here, once all are here.

        Old links of theirs go on working. Whoever has an address of their own here is left alone.
        """
        found = self.found(session, {*self._became, *self._became.values()})
        for name, into in self._became.items():
            if name in found and into in found and found[name] != found[into]:
                values = {"gone": found[name], "stays": found[into]}
                session.connection().execute(_LEAD, values)

    def _mailboxes(self, record: Record) -> list[_Mailbox]:
        try:
            return [self._mailbox(one) for one in json.loads(record["addresses"])]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            said = record["addresses"][:60]
            raise OperatorError(f"people.csv: these are no addresses: {said}") from error

    def _mailbox(self, said: Mapping[str, str]) -> _Mailbox:
        testing = self._settings.mode != "production"
        try:
            address = read_address(said["address"], smtputf8=True, testing=testing)
        except AddressError as error:
            raise ValueError(said["address"]) from error
        if said["suppressed"] not in {"", *GRAVITY}:
            raise ValueError(said["suppressed"])
        table = table_of(EmailAddress)
        times = {name: reader_of(table, name)(said[name]) for name in ("verified_at", "created_at")}
        row = {"address": address.text, "key": address.key, **times}
        return _Mailbox(row, said["suppressed"])

    def _erased(
        self,
        session: Session,
        mailboxes: Mapping[str, Sequence[_Mailbox]],
        holders: Mapping[str, int],
    ) -> set[str]:
        """Return who there was erased here: nobody has an address of theirs any more."""
        hashes = {
            address_hash(self._settings, box.key): name
            for name, them in mailboxes.items()
            for box in them
            if box.key not in holders and not (self._same_key and box.reason == ERASED)
        }
        rows = session.execute(_REASONS, {"hashes": list(hashes)}) if hashes else ()
        return {hashes[hashed] for hashed, reason in rows if reason == ERASED}

    def _add_mailboxes(
        self,
        session: Session,
        mailboxes: Mapping[str, Sequence[_Mailbox]],
        erased: Collection[str],
    ) -> None:
        people = self.found(session, mailboxes)
        rows = [
            {"person_id": people[name], **box.row}
            for name, them in mailboxes.items()
            if name in people and name not in erased
            for box in them
        ]
        if rows:
            put = insert_for(session)(table_of(EmailAddress))
            session.connection().execute(put.on_conflict_do_nothing(index_elements=["key"]), rows)

    def _suppress(
        self, session: Session, mailboxes: Mapping[str, Sequence[_Mailbox]], now: datetime
    ) -> None:
        """Suppress known addresses under our own key: their hashes there say nothing here."""
        reasons = {
            address_hash(self._settings, box.key): box.reason
            for them in mailboxes.values()
            for box in them
            if box.reason
        }
        suppress_hashes(session, reasons, now)


def closed_people(
    session: Session, settings: Settings, people: Collection[int], closing: Collection[str]
) -> set[int]:
    """Return those of these people who have an address that nothing may be sent to."""
    rows = session.execute(_KEYS, {"people": list(people)}) if people else ()
    hashes = {address_hash(settings, key): person for person, key in rows}
    found = session.execute(_REASONS, {"hashes": list(hashes)}) if hashes else ()
    return {hashes[hashed] for hashed, reason in found if reason in closing}
