"""A list as a page, and the same rows as a file."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.desk.chrome import desk_page
from app.desk.door.doors import not_fresh
from app.desk.listing import Asked, Listing, Table, as_csv, listed, read_asked
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_sessions import at_the_desk

CSV = "csv"
LONGEST = 60
ODD = re.compile(r"[^A-Za-z0-9._-]+")
"""What a file is not called by: what a list is called can come from its address."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: `url` sorts by it, `sorted` says in ARIA's words how it is now."""

    title: str
    url: str
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a page of a list leads: empty where there is nothing; `own` is not the list's."""

    path: str
    own: dict[str, str]
    everything: str
    before: str
    after: str
    csv: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """A page of a list with all that its template needs."""

    page: Listing
    heads: list[Head]
    urls: Addresses


def list_page(
    template: str, title: str, table: Table, status: int = HTTPStatus.OK, **values: object
) -> ResponseReturnValue:
    """Return a page with a list, or the list as CSV where the address says `as=csv`.

    The template finds it as `listing` and shows it by `show(listing, caption)` of
    `desk/_listing.html`.
    """
    asked = read_asked(table, request.args)
    if request.args.get("as") == CSV:
        return _file(table, asked)
    listing = listed(db.session, table, asked)
    shown = ShownList(listing, _heads(listing), _addresses(listing))
    return desk_page(template, title, status, listing=shown, **values)


def list_url(table: Table, asked: Asked, **changes: Any) -> str:  # noqa: ANN401 - numbers and words
    """Return the present list's address, with something else asked of it."""
    values = {"q": asked.words, **asked.chosen, "sort": asked.order, "page": asked.page, **changes}
    kept = {
        name: one
        for name, one in values.items()
        if one not in {"", 1} and (name, one) != ("sort", table.order)
    }
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **_own(table), **kept})


def _own(table: Table) -> dict[str, str]:
    """Return what the address says to the page and not to its list."""
    ours = {"q", "sort", "page", "as", *(one.name for one in table.filters)}
    return {name: one for name, one in request.args.items() if name not in ours}


def _addresses(listing: Listing) -> Addresses:
    table, asked = listing.table, listing.asked
    plain = list_url(table, asked, page=1)
    return Addresses(
        path=request.path,
        own=_own(table),
        everything=list_url(table, Asked(order=asked.order)),
        before=list_url(table, asked, page=asked.page - 1) if asked.page > 1 else "",
        after=list_url(table, asked, page=asked.page + 1) if asked.page < listing.pages else "",
        csv=f"{plain}{'&' if '?' in plain else '?'}as={CSV}",
    )


def _heads(listing: Listing) -> list[Head]:
    table, asked = listing.table, listing.asked
    return [
        Head(
            column.title(),
            "" if column.sort is None else _sort_url(table, asked, column.name),
            _sorted(asked.order, column.name),
            column.numeric,
        )
        for column in table.columns
    ]


def _sort_url(table: Table, asked: Asked, name: str) -> str:
    turned = f"-{name}" if asked.order == name else name
    return list_url(table, asked, sort=turned, page=1)


def _sorted(order: str, name: str) -> str:
    if order.removeprefix("-") != name:
        return ""
    return "descending" if order.startswith("-") else "ascending"


def _file(table: Table, asked: Asked) -> ResponseReturnValue:
    """Return the rows as a file; people's data only to whoever proved lately who they are."""
    name = ODD.sub("-", table.name)[:LONGEST]
    if table.personal:
        if not at_the_desk().is_fresh:
            return not_fresh()
        _write_down(name)
    answer = Response(stream_with_context(as_csv(db.database, table, asked)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _write_down(name: str) -> None:
    with db.database.write() as session:
        record(session, the_actor(), Deed("list.exported", f"list:{name}"), now(session))
        session.commit()
