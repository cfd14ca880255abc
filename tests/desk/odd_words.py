"""Forms as pages of the desk have them, sent with signs that nobody types."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.core.database import Database
from app.people.csrf import FIELD
from tests.desk.making import OURS, Desk, sit_down

ODD = "a\0b\u202e\ud800"
KEPT = {FIELD, "nonce", "seen", "left", "builds_on", "typed_in"}
CHOSEN = {"checkbox", "radio", "select", "button", "submit"}
ENOUGH = 400

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_FIELD = re.compile(r"<(input|textarea|select|button)\b([^>]*)>(?:(.*?)</\1>)?", re.DOTALL)
_LINK = re.compile(r'href="(/desk/[^"#]*)"')
_NAME = re.compile(r'(?:\bname="|\.get(?:list)?\(")([a-z][\w-]*)"')
_NUMBER = re.compile(r"\d+|[0-9a-f-]{36}")
_OUT = re.compile("out|leave")


@dataclass(frozen=True)
class Field:
    """A field of a form: `kind` is its type, or the name of its element."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True)
class Form:
    """A form of a page, and where it posts to."""

    action: str
    fields: tuple[Field, ...]

    def typed(self) -> set[str]:
        """Return the names of the fields that take whatever is sent."""
        return {one.name for one in self.fields if one.kind not in CHOSEN} - KEPT

    def with_odd(self, name: str) -> MultiDict[str, Any]:
        """Return what is sent if one field has odd words, and the others what a page gave them."""
        values = MultiDict[str, Any]()
        for one in self.fields:
            if one.kind == "file":
                values[one.name] = BytesIO(b"email\nann@post.example\0"), f"{ODD[:-1]}.csv"
            elif one.name == name:
                values[one.name] = f"{one.value}{ODD}"
            elif one.kind not in CHOSEN or one.name not in values:
                values[one.name] = one.value or "2"
        return values


def forms_in(path: str, page: str) -> list[Form]:
    """Return the forms of a page that post."""
    return [
        Form(urljoin(path, _of(mark, "action")), tuple(_fields(inside)))
        for mark, inside in _FORM.findall(page)
        if _of(mark, "method").lower() == "post"
    ]


def _fields(inside: str) -> Iterator[Field]:
    for element, mark, text in _FIELD.findall(inside):
        kind = _of(mark, "type") if element in {"input", "button"} else element
        value = unescape(text) if element == "textarea" else _of(mark, "value")
        if name := _of(mark, "name"):
            yield Field(kind, name, value)


def _of(mark: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', mark)
    return unescape(found[1]) if found else ""


def send(client: FlaskClient, path: str, fields: MultiDict[str, Any]) -> int:
    """Send a form, with signs that a browser would never write; return the answer's status."""
    pairs: list[tuple[str, Any]] = [
        (name, one if isinstance(one, tuple) else one.encode(errors="surrogatepass"))
        for name, one in fields.items(multi=True)
    ]
    if any(isinstance(one, tuple) for _name, one in pairs):
        return client.post(path, data=dict(pairs), headers=OURS).status_code
    body = "&".join(f"{quote(name)}={quote(one)}" for name, one in pairs)
    kind = "application/x-www-form-urlencoded"
    return client.post(path, data=body, headers=OURS, content_type=kind).status_code


def names_of_fields() -> set[str]:
    """Return the names of all fields that pages of the desk have, or its views read."""
    files = (*Path("templates/desk").rglob("*.html"), *Path("app/desk").rglob("*.py"))
    return {name for file in files for name in _NAME.findall(file.read_text())} - KEPT


@contextmanager
def zeros_written(database: Database) -> Iterator[list[str]]:
    """Collect the statements that are given a zero byte, or half a sign."""
    found: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401 - the driver's
        if re.search(r"\\x00|\\ud8", repr(values)):
            found.append(f"{statement[:80]} {values!r}"[:300])

    event.listen(database.engine, "before_cursor_execute", look)
    yield found
    event.remove(database.engine, "before_cursor_execute", look)


class Walk:
    """From page to page of the desk, each sort once; each sort of form is sent once per field."""

    def __init__(self, at: Desk) -> None:
        self.at = at
        rules = [one for one in at.app.url_map.iter_rules() if "GET" in (one.methods or ())]
        own = [one.rule for one in rules if one.rule.startswith("/desk/")]
        self.paths = deque(one for one in own if "<" not in one and not _OUT.search(one))
        self.seen = set(self.paths)
        self.filled: set[str] = set()
        self.failed: list[tuple[str, str, int]] = []

    def go(self) -> None:
        """Walk until there is nothing new."""
        while self.paths:
            path = self.paths.popleft()
            answer = self.at.get(path)
            self._note(path, "", answer.status_code)
            if answer.mimetype == "text/html":
                self._follow(answer.text)
                for form in forms_in(path, answer.text):
                    self._fill(form)

    def _follow(self, page: str) -> None:
        for link in map(unescape, _LINK.findall(page)):
            sort = _NUMBER.sub("1", urlsplit(link).path)
            if sort not in self.seen and len(self.seen) < ENOUGH and not _OUT.search(sort):
                self.seen.add(sort)
                self.paths.append(link)

    def _fill(self, form: Form) -> None:
        name = self._endpoint(form.action)
        if not name or name in self.filled or _OUT.search(form.action):
            return
        self.filled.add(name)
        for odd in sorted(form.typed()):
            fields = form.with_odd(odd)
            fields[FIELD] = self.at.csrf()
            self._note(name, odd, send(self.at.client, form.action, fields))
            self.at = seated(self.at, f"{name}.{odd}@post.example")

    def _endpoint(self, path: str) -> str:
        try:
            found = self.at.app.url_map.bind("localhost").match(urlsplit(path).path, "POST")
        except HTTPException:
            return ""
        return str(found[0]) if path.startswith("/desk/") else ""

    def _note(self, where: str, field: str, status: int) -> None:
        if status >= 500:
            self.failed.append((where, field, status))


def seated(at: Desk, address: str) -> Desk:
    """Return an administrator's desk: that one, or another's if its session was ended."""
    return at if at.csrf() else sit_down(at.app, at.database, "admin", address)
