"""Whatever happens in whatever order: the count is what the definition says, at every moment."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.database import Database
from app.memberships import counting, service
from app.memberships.imports import applying
from app.memberships.imports.parsing import Row
from app.memberships.imports.staging import Stage, clear
from app.memberships.models import Entitlement, MemberCounter, MemberImport, MemberSpan
from app.memberships.queries import count_at, current_count
from app.memberships.recounting import recount
from app.memberships.service import EntitlementNotFoundError, Grant
from app.people.models import EmailAddress, Person
from tests.memberships.making import NOW, make_person

PEOPLE = 4
HOURS = 24

hours = st.integers(0, HOURS).map(lambda number: NOW + timedelta(hours=number))
intervals = st.tuples(hours, st.none() | hours).map(
    lambda pair: pair if pair[1] is None or pair[0] <= pair[1] else (pair[1], pair[0])
)
people = st.integers(0, PEOPLE - 1)
names = st.tuples(st.sampled_from(["patreon", "bank"]), st.sampled_from("abc"))
file_rows = st.lists(st.tuples(names, people, intervals), min_size=1, max_size=5).map(
    lambda rows: list({name: (name, person, times) for name, person, times in rows}.values())
)


class Newsroom(RuleBasedStateMachine):
    """Changes of every kind, and a plain model of what is in force."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW + timedelta(hours=HOURS // 2)
        self.model: dict[tuple[str, str], Grant] = {}
        self.remembered: list[tuple[datetime, dict[tuple[str, str], Grant]]] = []
        self.put_back = False
        clear(self.database)
        with self.database.write() as session:
            _empty(session)
            self.people = [make_person(session, f"p{index}@x.org") for index in range(PEOPLE)]
            session.commit()

    def write(self, change: Callable[[Session], object]) -> None:
        """Do one thing in a transaction of its own, a microsecond after the last."""
        self.now += timedelta(microseconds=1)
        with self.database.write() as session:
            change(session)
            session.commit()
        self.remembered.append((self.now, dict(self.model)))

    @rule(name=names, person=people, times=intervals, counts=st.booleans() | st.just(value=True))
    def grant(
        self,
        name: tuple[str, str],
        person: int,
        times: tuple[datetime, datetime | None],
        counts: bool,
    ) -> None:
        given = Grant(self.people[person], *name, *times, counts=counts)
        self.model[name] = given
        self.write(lambda s: service.grant(s, given, reason="test", now=self.now))

    @rule(name=names, at=hours)
    def end(self, name: tuple[str, str], at: datetime) -> None:
        standing = self.model.get(name)
        if standing is not None:
            ends = max(at, standing.starts_at)
            self._replace(name, ends if standing.ends_at is None else min(ends, standing.ends_at))
        self.write(lambda s: _try(lambda: service.end(s, *name, at, now=self.now)))

    @rule(name=names)
    def revoke(self, name: tuple[str, str]) -> None:
        if name in self.model:
            self._replace(name, self.model[name].starts_at)
        self.write(lambda s: _try(lambda: service.revoke(s, *name, reason="test", now=self.now)))

    def _replace(self, name: tuple[str, str], ends_at: datetime) -> None:
        old = self.model[name]
        self.model[name] = Grant(old.person_id, *name, old.starts_at, ends_at, counts=old.counts)

    @rule(one=people, other=people)
    def merge(self, one: int, other: int) -> None:
        if one == other:
            return
        before, after = self.people[one], self.people[other]
        for name, old in self.model.items():
            if old.person_id == before:
                moved = Grant(after, *name, old.starts_at, old.ends_at, counts=old.counts)
                self.model[name] = moved
        self.write(lambda s: service.move(s, before, after, now=self.now))

    @rule(rows=file_rows)
    def bring_in(
        self, rows: list[tuple[tuple[str, str], int, tuple[datetime, datetime | None]]]
    ) -> None:
        stage = Stage(self.database, "members.csv", self.now)
        lines = itertools.count(2)
        stage.keep(
            [
                Row(next(lines), f"p{one}@x.org", f"p{one}@x.org", None, *name, *times)
                for name, one, times in rows
            ]
        )
        for name, one, times in rows:
            self.model[name] = Grant(self.people[one], *name, *times)
        self.write(lambda s: self._apply(s, stage.import_id))
        clear(self.database)

    def _apply(self, session: Session, import_id: int) -> None:
        foreseen = applying.foresee(session, import_id, self.now)
        assert applying.apply_rows(session, import_id, foreseen, self.now) == foreseen

    @rule(at=hours)
    def move_clock(self, at: datetime) -> None:
        self.put_back = self.put_back or at < self.now
        self.now = at

    @rule()
    def sweep(self) -> None:
        self.write(lambda s: counting.sweep(s, self.now))

    @invariant()
    def counter_spans_and_ledger_agree(self) -> None:
        with self.database.read() as session:
            count = current_count(session, self.now)
            assert (0 if count is None else count.members) == brute(self.model, self.now)
            assert recount(session, self.now).drifts == ()

    def teardown(self) -> None:
        with self.database.read() as session:
            for number in range(HOURS + 1):
                for aside in (-1, 0):
                    moment = NOW + timedelta(hours=number, microseconds=aside)
                    assert count_at(session, moment) == brute(self.model, moment)
            self._check_what_was_known(session)

    def _check_what_was_known(self, session: Session) -> None:
        if self.put_back:  # what was recorded when is then no longer in order
            return
        for known_at, model in self.remembered[::3]:
            moment = NOW + timedelta(hours=HOURS // 2)
            assert count_at(session, moment, known_at=known_at) == brute(model, moment)


def brute(model: dict[tuple[str, str], Grant], moment: datetime) -> int:
    return len(
        {
            one.person_id
            for one in model.values()
            if one.counts
            and one.starts_at <= moment
            and (one.ends_at is None or moment < one.ends_at)
        }
    )


def _try(change: Callable[[], object]) -> None:
    try:
        change()
    except EntitlementNotFoundError:
        return


def _empty(session: Session) -> None:
    connection = session.connection()
    for table in (MemberSpan, MemberCounter, Entitlement, MemberImport, EmailAddress, Person):
        connection.execute(delete(table))


def test_any_mix_of_changes_is_counted_exactly_at_every_moment(database: Database) -> None:
    run_state_machine_as_test(
        type("Here", (Newsroom,), {"database": database}),
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.generate],  # a failure is legible as it is; to shrink it takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
