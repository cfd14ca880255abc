"""A form that stands on another site: whose it is, what it counts for, who may read the answer.

The guard has let the post in (`allowed_sites`), or a page of ours took over from such a form and
says so in its address; that address is only believed for the counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, request

from app.core.errors import FieldError
from app.core.guards import site_at_origin
from app.core.languages import gettext as _
from app.extensions import db
from app.newsletters.embeds.embeds import Embed, embed_named
from app.newsletters.queries import List

FORM = "embed"
PREFLIGHT_SECONDS = "7200"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stood.

    Attributes:
        form: Which form it was.
        from_path: Its page: a path of ours, or a site's name and path.
        embed: The other site, if it was one.
        query: What an address of ours must carry for a form that takes over.
    """

    form: str
    from_path: str | None
    embed: Embed | None = None
    query: dict[str, Any] = field(default_factory=dict)

    def refuse_others(self, lists: Iterable[List]) -> None:
        """Raise if the site may not offer one of these lists."""
        embed = self.embed
        if embed is not None and not all(embed.may_offer(one.id) for one in lists):
            raise FieldError("list", _("This site does not offer that newsletter."))


def place_of(name: str, path: str | None) -> Place:
    """Return where a form stood that is called `name` on pages of ours, and that said its path."""
    embed = _embed()
    if embed is None:
        return Place(name, path)
    query = {"embed": embed.name} | ({"from": path} if path else {})
    return Place(FORM, embed.source(path), embed, query)


def _embed() -> Embed | None:
    found: Embed | None = g.site_elsewhere
    if found is None and "embed" in request.args:
        return embed_named(db.database, request.args["embed"])
    return found


def preflight() -> Response:
    """Answer a browser that asks for another site whether it may post."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    answer.headers["Allow"] = "POST, OPTIONS"
    g.site_elsewhere = site_at_origin(current_app)
    if g.site_elsewhere is not None:
        answer.headers["Access-Control-Allow-Methods"] = "POST"
        answer.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return answer


def share(response: Response) -> Response:
    """Let an allowed site's script read the answer (CORS), and no other's; never with cookies."""
    response.vary.add("Origin")
    if g.get("site_elsewhere") is not None:
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    return response
