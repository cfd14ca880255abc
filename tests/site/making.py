"""A site over one database, with what a reader may see of it."""

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.articles.models import Edition
from app.core.clock import now
from app.core.database import Database
from app.memberships.models import MemberCounter
from app.newsletters import arranging as lists
from app.newsletters.arranging import ListFacts
from app.site.chrome import NAME, Site

GRAIN = re.compile(r"/\d{4}/\d\d/grain-en/")


@dataclass
class Reader:
    """A reader's browser and the newsroom behind the site."""

    app: Flask
    client: FlaskClient
    database: Database

    @property
    def site(self) -> Site:
        """What the application keeps."""
        found: Site = self.app.extensions[NAME]
        return found

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask for a page; what was written before is on it."""
        self.site.watch.forget()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=named, buffered=True)

    def text(self, path: str) -> str:
        """Return the text of a page that is there."""
        response = self.get(path)
        assert response.status_code == 200, path
        return response.text

    def path_of(self, edition: Edition) -> str:
        """Return the path of an edition."""
        assert edition.published_at is not None
        zone = self.site.settings.time_zone
        prefix = "" if edition.language == "en" else f"/{edition.language}"
        return f"{prefix}/{edition.published_at.astimezone(zone):%Y/%m}/{edition.slug}/"


def set_count(session: Session, members: int) -> None:
    """Say how many members there are, now and for good."""
    moment = now(session)
    values = {"members": members, "valid_from": moment, "changed_at": moment}
    changed = session.execute(
        update(MemberCounter).values(**values, version=MemberCounter.version + 1)
    )
    if not changed.rowcount:  # type: ignore[attr-defined] # an update's result has it
        session.add(MemberCounter(id=1, version=1, valid_until=None, through_id=0, **values))
    session.flush()


def make_list(session: Session, slug: str, position: int = 1, **others: Any) -> None:  # noqa: ANN401 - any fact
    """Make a newsletter."""
    facts = ListFacts(
        slug=slug,
        position=position,
        name={"en": slug.title(), "uk": f"Лист {slug}"},
        description={"en": f"About {slug}."},
        cadence={"en": "Daily"},
        language="en",
        **others,
    )
    lists.save_list(session, facts)


class Page(HTMLParser):
    """The parts of a page that tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.structured: list[Any] = []
        self._script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self._script = tag == "script" and attributes.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        """Read structured data."""
        if self._script:
            self.structured.append(json.loads(data))
            self._script = False

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the elements of a kind with these attributes."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def links(self) -> set[str]:
        """Return every address that a reader can go to."""
        return {one["href"] for one in self.all("a") if "href" in one}

    def meta(self, name: str) -> str:
        """Return the content of a meta element."""
        for one in self.all("meta"):
            if name in {one.get("property"), one.get("name")}:
                return one["content"]
        return ""
