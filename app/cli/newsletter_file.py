"""A newsletter as its file tells it: names, language, sender, what it takes, its picture."""

from dataclasses import dataclass, replace
from pathlib import Path

from app.articles.arranging import PictureFacts
from app.articles.pictures import place_picture
from app.cli.file_parts import Part, read_toml
from app.core.errors import OperatorError
from app.newsletters.arranging import (
    HIGHEST_POSITION,
    LONGEST_CADENCE,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_SENDER,
    LONGEST_SLUG,
    ListFacts,
)

FIELDS = (
    "slug", "language", "author", "position", "open", "listed", "members_only", "welcome",
    "reply_to", "name", "description", "cadence", "sender_name", "picture",
)  # fmt: skip
LONGEST_ADDRESS, LONGEST_ALT, LONGEST_PATH = 254, 300, 300


@dataclass(frozen=True, slots=True)
class NewsletterFile:
    """All that a file says.

    Attributes:
        facts: The list itself.
        picture: A picture to be saved before it, if the file brings one.
    """

    facts: ListFacts
    picture: PictureFacts | None


def read_newsletter(path: Path, media: Path) -> NewsletterFile:
    """Read a file and check its shape; its picture is put into the media folder.

    Raises:
        OperatorError: One sentence for each thing that cannot be taken.
    """
    faults: list[str] = []
    whole = Part("", read_toml(path), faults)
    whole.only(*FIELDS)
    facts = _facts(whole)
    picture = whole.part("picture") if "picture" in whole.values else None
    key = picture.text_or_none("key", LONGEST_SLUG) if picture else None
    brought = _brought(picture) if picture and key is None else None
    if faults:
        raise OperatorError("\n".join((*faults, f"{path} was not saved: nothing was changed.")))
    if brought is None:
        return NewsletterFile(replace(facts, picture=key), None)
    file, alt, credit = brought
    placed = place_picture(path.parent / file, media, f"newsletter-{facts.slug}", alt, credit)
    return NewsletterFile(replace(facts, picture=placed.key), placed)


def _facts(whole: Part) -> ListFacts:
    values = whole.values
    return ListFacts(
        slug=whole.text("slug", LONGEST_SLUG),
        position=whole.number("position", 0, HIGHEST_POSITION) if "position" in values else None,
        name=whole.texts("name", LONGEST_NAME),
        description=whole.texts("description", LONGEST_DESCRIPTION),
        cadence=whole.texts("cadence", LONGEST_CADENCE),
        language=whole.text("language", LONGEST_NAME),
        author=whole.text_or_none("author", LONGEST_SLUG),
        open=whole.flag("open", usual=True),
        listed=whole.flag("listed", usual=True),
        welcomes=whole.flag("welcome", usual=False),
        members_only=whole.flag("members_only", usual=False),
        sender_name=(
            whole.texts("sender_name", LONGEST_SENDER) if "sender_name" in values else None
        ),
        reply_to=whole.text_or_none("reply_to", LONGEST_ADDRESS),
    )


def _brought(picture: Part) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return a file beside this one, its alt text and its credit."""
    picture.only("file", "alt", "credit")
    credit = picture.texts("credit", LONGEST_ALT) if "credit" in picture.values else {}
    return picture.text("file", LONGEST_PATH), picture.texts("alt", LONGEST_ALT), credit
