"""The API for readers of documentation: one page, and the document that programs read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, json, render_template
from flask.typing import ResponseReturnValue

from app.core.api_document import document, refusals
from app.core.json_schema import Schema
from app.core.operations import JSON_TYPE, Operation
from app.core.routes import access
from app.newsletters.api.schemas import SCOPES
from app.newsletters.api.views import API
from app.site import metadata
from app.site.chrome import showing, the_site
from app.site.keeping import cacheable
from app.site.pages import Meta

bp = Blueprint("api_page", __name__)

OPERATIONS = tuple(API.all)
SUMMARY = "Newsletters, sign-ups and people, for the newsroom's other systems."
DESCRIPTION = f"""{SUMMARY}

Every call carries a token that the newsroom's engineer makes. Bodies are JSON in UTF-8, addresses
travel in bodies alone, and every refusal is a problem of RFC 9457."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field, as a table of the page shows it."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation, as the page shows it."""

    operation: Operation
    sent: tuple[Row, ...]
    answered: tuple[Row, ...]
    statuses: tuple[tuple[str, str], ...]


@bp.get("/api/openapi.json")
@access("public")
def openapi() -> ResponseReturnValue:
    """Return the OpenAPI document, for whichever origin asks: it holds nothing secret."""
    name = the_site().settings.site_name
    said = document(OPERATIONS, f"{name}: API", DESCRIPTION, SCOPES)
    return Response(json.dumps(said, indent=2, ensure_ascii=False) + "\n", content_type=JSON_TYPE)


@bp.get("/api/")
@access("public")
@cacheable
def page() -> ResponseReturnValue:
    """Show every operation, in English."""
    site = metadata.identity(the_site().settings, showing().language)
    return render_template(
        "site/api.html",
        operations=[_shown(one) for one in OPERATIONS],
        scopes=SCOPES,
        base=site.url,
        meta=Meta(title="API", description=SUMMARY, canonical=f"{site.url}/api/", noindex=True),
    )


def _shown(one: Operation) -> Shown:
    statuses = {int(one.status): one.says, **refusals(one)}
    return Shown(
        one,
        tuple(_rows(one.body)),
        tuple(_rows(one.answer)),
        tuple((f"{code} {HTTPStatus(code).phrase}", text) for code, text in statuses.items()),
    )


def _rows(schema: Schema | None, name: str = "") -> Iterator[Row]:
    """Yield the fields of a schema, those within others named by their way there."""
    if schema is None:
        return
    fields: Mapping[str, Any] = schema.get("properties", {})
    for one, inner in fields.items():
        path = f"{name}.{one}" if name else one
        yield Row(path, _kind(inner), one in schema["required"], inner.get("description", ""))
        yield from _rows(inner, path)
        yield from _rows(inner.get("items"), f"{path}[]")


def _kind(schema: Schema) -> str:
    named = schema.get("type", "")
    words = [named] if isinstance(named, str) else list(named)
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "items" in schema:
        return f"{words[0]} of {_kind(schema['items'])}"
    if "maxLength" in schema:
        words[0] += f", {schema['maxLength']} at most"
    return " or ".join(words)
