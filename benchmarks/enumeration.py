"""Whether the time of an answer tells who is known: the area under the curve of a guess by it.

0.5 is a guess by a coin (Hanley and McNeil, https://doi.org/10.1148/radiology.143.1.7063747).
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlencode

from sqlalchemy import insert, literal, select

from app.core.clock import now
from app.core.orm import table_of
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row
from benchmarks.serving import serving
from benchmarks.sink import sink

TIMINGS = 2_000
MAY_DIFFER = 0.05
LIST = "first-crossing"
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
}

Asker = Callable[[str], tuple[str, str]]
"""Says, for an address, which path is posted to and with which body."""


def measure(server: str) -> Iterator[Row]:
    """Time known and unknown addresses in a random order; print, and fail outside the bar."""
    for backend in backends():
        with (
            sink() as relay,
            place(backend, server, smtp_port=relay.port, people=TIMINGS // 2) as made,
            ExitStack() as stack,
        ):
            known = _confirmed(made)
            port = stack.enter_context(serving("ours", made.environment))
            if backend == "postgresql":
                stack.enter_context(serving("worker", made.environment))
            _on(backend, port, known)
    yield from ()


def _confirmed(made: Place) -> list[str]:
    """Make everybody there is a confirmed subscriber; return their addresses."""
    with made.database() as database, database.write() as session:
        at = now(session)
        newsletter = session.scalars(select(Newsletter.id).where(Newsletter.slug == LIST)).one()
        values = (literal(newsletter), literal("confirmed"), literal(at), literal(at))
        chosen = select(EmailAddress.person_id, *values)
        columns = ["person_id", "newsletter_id", "state", "created_at", "asked_at"]
        session.execute(insert(table_of(Subscription)).from_select(columns, chosen))
        found = list(session.scalars(select(EmailAddress.address)))
        session.commit()
    return found[: TIMINGS // 2]


def _on(backend: str, port: int, known: Sequence[str]) -> None:
    site = _Site(port)
    unknown = [f"s{number}@example.com" for number in range(len(known))]
    pages: dict[str, str] = {}
    for address in (*known, *unknown):
        pages[address] = site.post(*_sign_up(address))[1]
    ways: dict[str, Asker] = {
        "sign-up": _sign_up,
        "asking again": lambda address: (f"{pages[address]}/again", ""),
        "correcting": lambda address: (
            f"{pages[random.choice(unknown)]}/address",  # noqa: S311 - whose page, is chance
            urlencode({"email": address}),
        ),
    }
    for name, asks in ways.items():
        area = _area(*_timed(site, asks, known, unknown))
        print(
            f"{backend}: known from unknown by the time of {name}, {2 * len(known)} timings: "
            f"{area:.3f} (bar 0.5 +- {MAY_DIFFER})",
            flush=True,
        )
        assert abs(area - 0.5) <= MAY_DIFFER, f"the time of {name} tells who is known"


def _sign_up(address: str) -> tuple[str, str]:
    return f"/newsletters/{LIST}/subscribe", urlencode({"email": address})


class _Site:
    """One kept connection to ours."""

    def __init__(self, port: int) -> None:
        self._kept = HTTPConnection("localhost", port)

    def post(self, path: str, body: str) -> tuple[float, str]:
        """Send a form; return how many seconds its answer took, and where it leads."""
        begun = time.perf_counter()
        self._kept.request("POST", path, body, HEADERS)
        answer = self._kept.getresponse()
        answer.read()
        taken = time.perf_counter() - begun
        assert answer.status == 303, answer.status
        return taken, answer.headers["Location"]


def _timed(
    site: _Site, asks: Asker, known: Sequence[str], unknown: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Return the seconds that known and unknown addresses took, asked in a random order."""
    order = [(True, one) for one in known] + [(False, one) for one in unknown]
    random.shuffle(order)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for is_known, address in order:
        seconds[is_known].append(site.post(*asks(address))[0])
    return seconds[True], seconds[False]


def _area(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return how likely a known address takes longer than an unknown one (Mann and Whitney)."""
    ranked = sorted([(one, True) for one in ours] + [(one, False) for one in theirs])
    ranks = sum(rank for rank, (_, is_known) in enumerate(ranked, 1) if is_known)
    return (ranks - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs))
