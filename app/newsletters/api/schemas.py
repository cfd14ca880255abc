"""What other systems send to the API of newsletters and hear from it: JSON Schema."""

from typing import Any

from babel import Locale

from app.core.json_schema import Schema
from app.core.languages import LANGUAGES
from app.newsletters.models import STATES

LISTS_READ = "lists:read"
SUBSCRIPTIONS_WRITE = "subscriptions:write"
PEOPLE_READ = "people:read"

SCOPES = {
    LISTS_READ: "read the newsletters",
    SUBSCRIPTIONS_WRITE: "sign people up, who then confirm by mail, and unsubscribe them",
    PEOPLE_READ: "read how a person stands with each newsletter",
}
LONGEST_ADDRESS = 254
LONGEST_PATH = 300
MOST_LISTS = 50
LONGEST_SLUG = 80


def record(says: str, optional: tuple[str, ...] = (), /, **fields: Schema) -> dict[str, Any]:
    """Return the schema of an object that holds these fields and no other."""
    return {
        "type": "object",
        "description": says,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
        "properties": fields,
    }


def listing(description: str, item: Schema) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "description": description, "items": item}


def text(description: str, longest: int | None = None) -> dict[str, Any]:
    """Return the schema of a text."""
    said: dict[str, Any] = {"type": "string", "description": description}
    return said if longest is None else {**said, "minLength": 1, "maxLength": longest}


def moment(description: str) -> dict[str, Any]:
    """Return the schema of a moment that may not have come."""
    return {"type": ["string", "null"], "format": "date-time", "description": description}


def flag(description: str) -> dict[str, Any]:
    """Return the schema of a yes or no."""
    return {"type": "boolean", "description": description}


def _texts(what: str) -> dict[str, Any]:
    languages = {one: text(f"In {Locale(one).english_name}.") for one in LANGUAGES}
    return record(f"{what}, by language.", tuple(languages), **languages)


SLUG: Schema = {
    **text("A newsletter, by the name in its address.", LONGEST_SLUG),
    "examples": ["daily"],
}
EMAIL: Schema = {
    **text("The person's mail address.", LONGEST_ADDRESS),
    "minLength": 3,
    "pattern": "^[^@]+@[^@]+$",
    "examples": ["reader@example.org"],
}
PERSON_ID: Schema = {
    "type": "string",
    "description": "A person, as webhooks name them too.",
    "minLength": 36,
    "maxLength": 36,
    "pattern": "^[0-9a-f-]+$",
}

NEWSLETTER = record(
    "A newsletter.",
    slug=SLUG,
    name=_texts("Its name"),
    description=_texts("What it is"),
    cadence=_texts("How often it comes"),
    language=text("Of its issues."),
    open=flag("Whether it takes sign-ups."),
    listed=flag("Whether it stands on the page of newsletters."),
)
NEWSLETTERS = record("Every newsletter.", newsletters=listing("In their order.", NEWSLETTER))

SIGNUP = record(
    "Somebody who wants newsletters.",
    ("language", "from_path", "as_typed"),
    email=EMAIL,
    newsletters={
        **listing("Which.", SLUG),
        "minItems": 1,
        "maxItems": MOST_LISTS,
        "uniqueItems": True,
    },
    language={
        "type": "string",
        "enum": sorted(LANGUAGES),
        "description": "To write to them in; `en` unless said.",
    },
    from_path={
        **text("The page of ours that brought them, as a path.", LONGEST_PATH),
        "pattern": "^/",
        "examples": ["/2026/11/the-bridge/"],
    },
    as_typed=flag("Take the address as it stands, though it looks like a slip (`gmial.com`)."),
)
TAKEN = record(
    "The sign-up is kept, and will be worked on.",
    state={
        "type": "string",
        "enum": ["accepted"],
        "description": "The same for everybody, known or not.",
    },
)
LEAVING = record("Somebody who wants no more of one newsletter.", email=EMAIL, newsletter=SLUG)

WHO = record("Whom to look for.", email=EMAIL)
PERSON = record(
    "How a person stands with us.",
    id=PERSON_ID,
    email={"type": ["string", "null"], "description": "Where we write to; null if nowhere."},
    language=text("To write to them in."),
    mailable=flag("False after a complaint, or when the mailbox refuses for good."),
    subscriptions=listing(
        "Every newsletter that they ever asked for.",
        record(
            "A person's standing with one newsletter.",
            newsletter=SLUG,
            state={
                "type": "string",
                "enum": list(STATES),
                "description": "Only `confirmed` is sent issues.",
            },
            asked_at=moment("When they last asked for it."),
            confirmed_at=moment("When they last confirmed it."),
            ended_at=moment("When it ended, if it has."),
        ),
    ),
)
