"""What stands around every page of the desk."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request, url_for

from app.core.answering import page_language, personal_page
from app.core.languages import LANGUAGES
from app.desk.nav import KEYS, first_way, menu, new_line_url
from app.desk.notices import told
from app.people.staff_sessions import at_the_desk


def desk_page(template: str, title: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    """Return a page of the desk, in a view that declares a role.

    Args:
        template: Extends `desk/layout.html`.
        title: Of the page and its heading.
        status: Of the answer.
        values: For the template.
    """
    here = at_the_desk()
    return personal_page(
        template,
        title,
        status,
        here=here,
        menu=menu(here),
        keys=KEYS,
        start_url=first_way(here),
        new_line_url=new_line_url(here),
        notice=told(),
        languages_here=languages(request.view_args or {}),
        **values,
    )


def languages(values: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Return (language, its name, this page in it, whether it is this one).

    None for what a post alone answers: such a page has no address.
    """
    rule = request.url_rule
    if rule is not None and "GET" not in (rule.methods or ()) and not _is_read(rule.endpoint):
        return []
    endpoint = request.endpoint or ""
    asked = {name: one for name, one in request.args.items() if name not in values}
    return [
        (
            language,
            name,
            url_for(endpoint, **{**asked, **values, "language": language}),
            language == page_language(),
        )
        for language, name in LANGUAGES.items()
    ]


def _is_read(endpoint: str) -> bool:
    """Tell whether some page is shown under an endpoint."""
    return any("GET" in (one.methods or ()) for one in current_app.url_map.iter_rules(endpoint))
