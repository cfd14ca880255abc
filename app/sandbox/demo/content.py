"""The demo's words and pictures, from its files into the tables, by the services staff use."""

import hashlib
import shutil
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.articles import arranging, service
from app.articles.arranging import (
    AuthorFacts,
    FeedFacts,
    NarrationFacts,
    PictureFacts,
    SectionFacts,
)
from app.articles.models import Edition
from app.articles.service import ArticleFacts, EditionText
from app.core.languages import LANGUAGES
from app.newsletters import arranging as newsletters
from app.newsletters.arranging import ListFacts
from app.sandbox.demo import drive, letters
from app.sandbox.demo.newsroom import HERE, local, newsroom

WIDE, NARROW = 1200, 640
HEIGHT = 800
NARRATION_BITS_PER_SECOND = 32_000
"""Of the recordings that `narration/narrate.py` makes: one constant rate."""
JOINING = ListFacts(
    slug="joining",
    position=100,
    name={"en": "When joining opens", "uk": "Коли можна буде долучитися"},
    description={
        "en": "One email on the day when membership opens, and nothing after it.",
        "uk": "Один лист того дня, коли відкриється участь, і більше нічого.",
    },
    cadence={"en": "Once", "uk": "Один раз"},
    language="en",
    listed=False,
)


@dataclass(frozen=True, slots=True)
class Written:
    """One article file: its front matter and its body."""

    language: str
    facts: dict[str, Any]
    body: str

    @property
    def key(self) -> str:
        """The article that this is an edition of."""
        return str(self.facts["key"])


def place_files(media: Path) -> dict[str, str]:
    """Copy pictures and recordings into the media folder; return their names there by their own.

    A name there carries the hash of the content, so it never means anything else.
    """
    media.mkdir(parents=True, exist_ok=True)
    placed: dict[str, str] = {}
    sources = [*HERE.glob("pictures/*.webp"), *HERE.glob("narration/*.mp3")]
    for source in sorted(sources):
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:10]
        name = f"{source.stem}.{digest}{source.suffix}"
        if not (media / name).exists():
            partial = media / f".{name}.part"
            shutil.copyfile(source, partial)
            partial.replace(media / name)
        placed[source.name] = name
    return placed


def read_articles() -> list[Written]:
    """Return every article file, English ones first."""
    return [
        _read(path, language)
        for language in LANGUAGES
        for path in sorted(HERE.glob(f"articles/{language}/*.md"))
    ]


def _read(path: Path, language: str) -> Written:
    _, facts, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return Written(language, tomllib.loads(facts), body.strip() + "\n")


def load(session: Session, files: dict[str, str], loaded_at: datetime) -> None:
    """Write everything but the members."""
    written = read_articles()
    _load_names(session)
    _load_pictures(session, written, files)
    _load_articles(session, written, files, loaded_at)
    _load_lists(session, written)
    letters.load(session, loaded_at)
    _load_feed(session, loaded_at)
    drive.load(session, loaded_at)


def _load_names(session: Session) -> None:
    demo = newsroom()
    for one in demo["author"]:
        facts = AuthorFacts(one["slug"], local(one, "name"), local(one, "bio"))
        arranging.save_author(session, facts)
    for position, one in enumerate(demo["section"], 1):
        section = SectionFacts(one["slug"], position, local(one, "name"), local(one, "description"))
        arranging.save_section(session, section, taken=LANGUAGES)
    for one in demo["tag"]:
        arranging.save_tag(session, one["slug"], local(one, "name"))


def _load_pictures(session: Session, written: list[Written], files: dict[str, str]) -> None:
    for hero in {one.facts["hero"] for one in written}:
        pieces = [one for one in written if one.facts["hero"] == hero]
        arranging.save_picture(
            session,
            PictureFacts(
                key=hero,
                wide_file=files[f"{hero}-{WIDE}.webp"],
                narrow_file=files[f"{hero}-{NARROW}.webp"],
                width=WIDE,
                height=HEIGHT,
                narrow_width=NARROW,
                alt={one.language: one.facts["hero_alt"] for one in pieces},
                caption={one.language: one.facts["hero_caption"] for one in pieces},
                credit={one.language: one.facts["hero_credit"] for one in pieces},
            ),
        )


def _load_articles(
    session: Session, written: list[Written], files: dict[str, str], loaded_at: datetime
) -> None:
    articles = {}
    for one in written:
        if one.key not in articles:
            articles[one.key] = service.save_article(session, _article(one.facts))
    for one in written:
        text = EditionText(
            language=one.language,
            slug=one.facts["slug"],
            headline=one.facts["headline"],
            dek=one.facts["dek"],
            body=one.body,
            related=one.facts.get("related") or None,
        )
        edition = service.save_edition(session, articles[one.key], text, loaded_at)
        _date(session, edition, one.facts, loaded_at)
        if one.facts.get("narrated"):
            _narrate(session, edition, one.key, files, loaded_at)
    arranging.set_picks(
        session,
        [one["article"] for one in sorted(newsroom()["pick"], key=lambda one: one["position"])],
    )


def _article(facts: dict[str, Any]) -> ArticleFacts:
    return ArticleFacts(
        key=facts["key"],
        section=facts["section"],
        authors=tuple(facts["authors"]),
        tags=tuple(facts["tags"]),
        hero=facts["hero"],
        asks=facts.get("ask", True),
    )


def _date(session: Session, edition: Edition, facts: dict[str, Any], loaded_at: datetime) -> None:
    service.publish(session, edition, loaded_at - timedelta(days=facts["days_ago"]))
    if "updated_days_ago" in facts:
        edition.updated_at = loaded_at - timedelta(days=facts["updated_days_ago"])


def _narrate(
    session: Session, edition: Edition, key: str, files: dict[str, str], loaded_at: datetime
) -> None:
    size = (HERE / "narration" / f"{key}.mp3").stat().st_size
    facts = NarrationFacts(
        file=files[f"{key}.mp3"],
        mime="audio/mpeg",
        seconds=round(size * 8 / NARRATION_BITS_PER_SECOND),
    )
    arranging.add_narration(session, edition, facts, ready_at=loaded_at)


def _load_lists(session: Session, written: list[Written]) -> None:
    for one in newsroom()["newsletter"]:
        facts = ListFacts(
            slug=one["slug"],
            position=one["position"],
            name=local(one, "name"),
            description=local(one, "description"),
            cadence=local(one, "cadence"),
            language=one["language"],
            author=one["author"] or None,
            welcomes=one["welcome"],
            members_only=one.get("members_only", False),
            picture=one["picture"],
        )
        newsletters.save_list(session, facts)
    newsletters.save_list(session, JOINING)
    for piece in written:
        newsletters.set_forms(session, piece.key, piece.language, piece.facts["newsletters"])


def _load_feed(session: Session, loaded_at: datetime) -> None:
    for number, one in enumerate(newsroom()["feed_item"], 1):
        facts = FeedFacts(
            key=f"demo-{number:02}",
            headline=local(one, "headline"),
            body=local(one, "body"),
            published_at=loaded_at - timedelta(minutes=one["minutes_ago"]),
            article=one["article"] or None,
        )
        arranging.save_feed_item(session, facts)
