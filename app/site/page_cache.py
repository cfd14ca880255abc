"""Finished pages, kept per path: the same bytes for every reader until something changes.

A page holds nothing of the visitor, so one copy serves all. It is kept with the version of the
content and the count that it was made from, and until the next moment at which time alone
changes it. While the database is away, pages are served as they were.
"""

import gzip
import hashlib
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from app.site.watching import Present, Version, Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 64 * 1024 * 1024
KEPT_AFTER_SWEEP = 0.9
OVERHEAD = 1024
GZIP_LEVEL = 6
SMALLEST_GZIP = 512
POLICY = "public, max-age=0, must-revalidate"
READING = frozenset({"GET", "HEAD"})
NEVER = float("inf")

Headers = list[tuple[str, str]]


@dataclass(eq=False)
class Form:
    """One form of a page's bytes, plain or compressed, with all its headers but the request's."""

    body: bytes
    etag: str
    headers: Headers
    unchanged: Headers


@dataclass(eq=False)
class Page:
    """A finished page.

    Attributes:
        plain: Its bytes as rendered.
        packed: The same in gzip, made when first asked for.
        version: What it was made from.
        until: On the process's steady clock, when time alone makes it too old.
        used: When it was last asked for.
    """

    plain: Form
    version: Version
    until: float
    used: float
    packed: Form | None = None

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        packed = len(self.packed.body) if self.packed is not None else 0
        return len(self.plain.body) + packed + OVERHEAD

    def form(self, accepted: str) -> Form:
        """Return the form of the page that a client takes."""
        if not takes_gzip(accepted) or len(self.plain.body) < SMALLEST_GZIP:
            return self.plain
        packed = self.packed
        if packed is None:
            # Two at once would make the same bytes twice, which harms nobody.
            packed = self.packed = pack(self.plain)
        return packed


def takes_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3)."""
    if "gzip" not in accepted:
        return False
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def pack(plain: Form) -> Form:
    """Return the compressed form of a page; its bytes differ, so its ETag does."""
    body = gzip.compress(plain.body, GZIP_LEVEL, mtime=0)
    etag = f'{plain.etag[:-1]}-gz"'
    kept = [pair for pair in plain.headers if pair[0] not in {"ETag", "Content-Length"}]
    return make_form(body, etag, [*kept, ("Content-Encoding", "gzip")])


def make_form(body: bytes, etag: str, headers: Headers) -> Form:
    """Return bytes with their headers, and those of a 304."""
    common = [*headers, ("ETag", etag)]
    unchanged = [pair for pair in common if pair[0] not in {"Content-Type", "Content-Encoding"}]
    return Form(body, etag, [*common, ("Content-Length", str(len(body)))], unchanged)


def matches(condition: str, etag: str) -> bool:
    """Tell whether an If-None-Match names this page (RFC 9110, 13.1.2: weak comparison)."""
    if condition == etag:
        return True
    named = {one.strip().removeprefix("W/") for one in condition.split(",")}
    return "*" in named or etag in named


class PageCache:
    """The pages of one process, in front of the application."""

    def __init__(self, watch: Watch, hosts: frozenset[str], headers: dict[str, str]) -> None:
        self._watch = watch
        self._hosts = hosts
        self._headers = [*headers.items(), ("Cache-Control", POLICY), ("Vary", "Accept-Encoding")]
        self._pages: dict[str, Page] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        self._flights: dict[str, tuple[threading.Lock, int]] = {}

    def in_front_of(self, inner: "WSGIApplication") -> "WSGIApplication":
        """Return an application that answers from the cache and asks `inner` for the rest."""
        pages, holds, hosts = self._pages, self._holds, self._hosts

        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            page = pages.get(environ["PATH_INFO"])
            if (
                page is None
                or environ["REQUEST_METHOD"] not in READING
                or environ.get("QUERY_STRING")
                or not is_host(environ.get("HTTP_HOST", ""), hosts)
                or not holds(page)
            ):
                return inner(environ, start)
            status, headers, body = reply(page, environ)
            start(status, [*headers, ("X-Request-ID", secrets.token_hex(8))])
            return (body,)

        return answer

    def _holds(self, page: Page) -> bool:
        try:
            present = self._watch.present()
        except SQLAlchemyError:
            return True
        if self._watch.failing:
            return True
        now = time.monotonic()
        page.used = now
        same = page.version is present.version or page.version == present.version
        return same and now < page.until

    def fresh(self, path: str) -> Page | None:
        """Return the page at a path if it is what a reader would see now."""
        page = self._pages.get(path)
        return page if page is not None and self._holds(page) else None

    def any(self, path: str) -> Page | None:
        """Return the page at a path as it last was."""
        return self._pages.get(path)

    def keep(
        self, path: str, body: bytes, kind: str, present: Present, until: datetime | None
    ) -> Page:
        """Keep a finished page.

        Args:
            path: Its address.
            body: Its bytes.
            kind: Its content type.
            present: The reading that it was made from.
            until: When time alone makes it too old, in the domain's time; None for never.
        """
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        plain = make_form(body, etag, [("Content-Type", kind), *self._headers])
        expires = NEVER
        if until is not None:
            expires = present.ticked + (until - present.read_at).total_seconds()
        page = Page(plain, present.version, expires, time.monotonic())
        with self._lock:
            self._pages[path] = page
            self._bytes += page.size
            if self._bytes > MOST_BYTES:
                self._sweep()
        return page

    def _sweep(self) -> None:
        """Drop what was asked for longest ago, and count anew what is left."""
        oldest_last = sorted(self._pages.items(), key=lambda item: item[1].used, reverse=True)
        self._bytes = 0
        for path, page in oldest_last:
            if self._bytes + page.size > MOST_BYTES * KEPT_AFTER_SWEEP:
                del self._pages[path]
            else:
                self._bytes += page.size

    @contextmanager
    def flight(self, path: str) -> Iterator[None]:
        """Let one thread at a time make the page at a path; the others wait for it."""
        with self._lock:
            lock, waiting = self._flights.get(path, (threading.Lock(), 0))
            self._flights[path] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._flights.pop(path)
                if waiting > 1:
                    self._flights[path] = lock, waiting - 1


def is_host(named: str, hosts: frozenset[str]) -> bool:
    """Tell whether a Host header names a host of ours, with or without a port."""
    return named in hosts or named.rpartition(":")[0] in hosts


def reply(page: Page, environ: "WSGIEnvironment") -> tuple[str, Headers, bytes]:
    """Answer a request from a page: 304 where the client has it, no body for HEAD."""
    form = page.form(environ.get("HTTP_ACCEPT_ENCODING", ""))
    condition = environ.get("HTTP_IF_NONE_MATCH")
    if condition is not None and matches(condition, form.etag):
        return "304 Not Modified", form.unchanged, b""
    return "200 OK", form.headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else form.body
