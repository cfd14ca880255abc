"""An article from the cache, unchanged, and rendered anew; and with a hundred times the members."""

import re
import urllib.request
from collections.abc import Iterator
from functools import partial
from itertools import product, repeat

from benchmarks import floor
from benchmarks.load import Outcome, get, run
from benchmarks.newsroom import Place, backends, place
from benchmarks.results import Row, compare
from benchmarks.serving import serving

CONNECTIONS = (1, 8, 32)
SECONDS = 1.5
FEW, MANY = 1_000, 100_000


def measure(server: str) -> Iterator[Row]:
    """Measure every page on each database."""
    for backend in backends():
        with place(backend, server, people=FEW) as few, place(backend, server, people=MANY) as many:
            yield from _on(few)
            yield _members(few, many)


def _on(made: Place) -> Iterator[Row]:
    path, etag = _prepare(made)
    with serving("ours", made.environment) as ours, serving("floor", made.environment) as bare:
        tagged = {"If-None-Match": etag}, {"If-None-Match": '"floor"'}
        cases = (
            ("from cache", 0.7, get(path, ours), get("/page", bare), 200),
            ("unchanged", 0.8, get(path, ours, tagged[0]), get("/page", bare, tagged[1]), 304),
            ("rendered anew", 0.5, get(f"{path}?anew=1", ours), get("/cold", bare), 200),
        )
        for (name, bar, asked, floor_asked, status), connections in product(cases, CONNECTIONS):
            yield compare(
                f"{made.backend}: article {name}, {connections} at once",
                partial(_load, ours, asked, connections, status),
                partial(_load, bare, floor_asked, connections, status),
                bar,
            )


def _members(few: Place, many: Place) -> Row:
    """Compare the page beside many members with the same page beside few."""
    path, _etag = _prepare(few)
    with serving("ours", few.environment) as port, serving("ours", many.environment) as other:
        return compare(
            f"{few.backend}: anew, {MANY} members to {FEW}, 8 at once",
            partial(_load, other, get(f"{path}?anew=1", other), 8, 200),
            partial(_load, port, get(f"{path}?anew=1", port), 8, 200),
            0.95,
        )


def _load(port: int, request: bytes, connections: int, status: int) -> Outcome:
    return run(port, repeat(request), connections, SECONDS).expect(status)


def _prepare(made: Place) -> tuple[str, str]:
    """Give the floor the very page that ours serves; return the page's path and ETag."""
    with serving("ours", made.environment) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sitemap.xml") as answer:
            found = re.search(
                r"<loc>https?://[^/]+(/\d{4}/\d\d/[^<]+)</loc>", answer.read().decode()
            )
        assert found is not None
        path = found.group(1)
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asked) as answer:
            (made.folder / "page").write_bytes(answer.read())
            etag = str(answer.headers["ETag"])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            floor.prepare(made.url, answer.read().decode())
    return path, etag
