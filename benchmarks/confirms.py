"""Confirming by the button, beside few subscriptions and beside many."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select

from app.core.clock import raw_now
from app.core.tokens import token_hash
from app.newsletters.models import Confirmation, Newsletter, Subscription
from app.people.models import EmailAddress, Person
from benchmarks.load import Outcome, post, run
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row, compare
from benchmarks.serving import serving

FEW, MANY = 1_000, 100_000
PENDING = 600
A_SECOND = 300
PAGE = 2_000


def measure(server: str) -> Iterator[Row]:
    """Measure confirmations on each database; the floor here is ourselves with few rows."""
    for backend in backends():
        with place(backend, server, people=1) as few, place(backend, server, people=1) as many:
            _subscribe(few, FEW)
            _subscribe(many, MANY)
            with (
                serving("ours", few.environment) as port,
                serving("ours", many.environment) as other,
            ):
                row = compare(
                    f"{backend}: confirm, {MANY} subscriptions to {FEW}, 8 at once",
                    partial(_confirm, many, other),
                    partial(_confirm, few, port),
                    1 / 1.1,
                )
            rate = min(one.rate for one in row.ours)
            verdict = "ok" if rate >= A_SECOND else "BELOW"
            print(f"{backend}: slowest round {rate:.0f}/s (bar {A_SECOND} {verdict})", flush=True)
            yield row


def _subscribe(made: Place, number: int) -> None:
    with made.database() as database, database.engine.begin() as connection:
        for at in range(0, number, PAGE):
            _add(connection, min(PAGE, number - at), "confirmed")


def _confirm(made: Place, port: int) -> Outcome:
    """Make people who have been asked, then have each press the button."""
    with made.database() as database, database.engine.begin() as connection:
        tokens = _add(connection, PENDING, "pending")
    presses = (post(f"/newsletters/confirm/{token}", port, "") for token in tokens)
    outcome = run(port, presses, 8, 60)
    assert set(outcome.statuses) <= {200, 303}, outcome.statuses
    with made.database() as database, database.engine.connect() as connection:
        left = select(Subscription.id).where(Subscription.state == "pending")
        assert connection.execute(left.limit(1)).first() is None, "a press confirmed nothing"
    return outcome


def _add(connection: Connection, number: int, state: str) -> list[str]:
    """Add people with a subscription each, and an open confirmation for the pending."""
    moment = connection.execute(select(raw_now())).scalar_one()
    lists = list(connection.scalars(select(Newsletter.id)))
    tokens = [secrets.token_urlsafe(32) for _ in range(number)]
    made = {"created_at": moment, "language": "en"}
    people = [{"public_id": secrets.token_hex(18), **made} for _ in tokens]
    ids = list(connection.scalars(insert(Person).returning(Person.id), people))
    rows: list[dict[str, Any]] = [
        {"person_id": one, "address": f"p{one}@example.com", "key": f"p{one}@example.com",
         "created_at": moment} for one in ids
    ]  # fmt: skip
    connection.execute(insert(EmailAddress), rows)
    connection.execute(
        insert(Subscription),
        [
            {"person_id": one, "newsletter_id": lists[one % len(lists)], "state": state,
             "created_at": moment, "asked_at": moment} for one in ids
        ],
    )  # fmt: skip
    if state == "pending":
        asked = [
            {"person_id": one, "name": secrets.token_hex(16), "token_hash": token_hash(token),
             "domain": "example.com", "created_at": moment,
             "expires_at": moment + timedelta(days=7)}
            for one, token in zip(ids, tokens, strict=True)
        ]  # fmt: skip
        connection.execute(insert(Confirmation), asked)
    return tokens
