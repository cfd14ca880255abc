"""The tokens of the API as a list."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, func, or_, select

from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Filter, Table
from app.newsletters.api.schemas import LISTS_READ, PEOPLE_READ, SUBSCRIPTIONS_WRITE
from app.people.token_models import ApiToken


def scope_words(scopes: Collection[str]) -> str:
    """Return what scopes allow, in words."""
    words = {
        LISTS_READ: _("read the newsletters"),
        SUBSCRIPTIONS_WRITE: _("sign people up, who then confirm by mail, and unsubscribe them"),
        PEOPLE_READ: _("read how a person stands with each newsletter"),
    }
    return "; ".join(words.get(one, one) for one in scopes)


def token_table(now: datetime) -> Table:
    """Return every token, but for itself."""
    columns = (
        ApiToken.id,
        ApiToken.name,
        ApiToken.scopes,
        ApiToken.created_at,
        ApiToken.expires_at,
        ApiToken.used_at,
        ApiToken.revoked_at,
    )
    return Table(
        name="api-tokens",
        rows=select(*columns),
        key=ApiToken.id,
        columns=(
            Column("system", lambda: _("System"), lambda row: row.name, ApiToken.name),
            Column("state", lambda: _("State"), lambda row: _state(row, now)),
            Column("may", lambda: _("May"), lambda row: scope_words(row.scopes)),
            Column(
                "made", lambda: _("Made"), lambda row: row.created_at,
                ApiToken.created_at,
            ),
            Column(
                "used", lambda: _("Last used"),
                lambda row: row.used_at or _("never"), ApiToken.used_at,
            ),
            Column(
                "ends", lambda: _("Ends"),
                lambda row: row.expires_at or _("never"), ApiToken.expires_at,
            ),
            Column("revoke", lambda: _("Action"), lambda row: _action(row, now)),
        ),
        order="-made",
        empty=lambda: _("No other system may use the API: make a token for the first."),
        search=lambda words: func.lower(ApiToken.name).contains(words.lower(), autoescape=True),
        search_title=lambda: _("System"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("All")), ("holds", _("Those that hold")), ("ended", _("Those that ended"))),
                lambda state: _has_ended(now) if state == "ended" else ~_has_ended(now),
            ),
        ),
    )  # fmt: skip


def _has_ended(now: datetime) -> ColumnElement[bool]:
    return or_(ApiToken.revoked_at.is_not(None), func.coalesce(ApiToken.expires_at <= now, False))


def _state(row: Row[Any], now: datetime) -> Cell:
    if row.revoked_at is not None:
        return Cell(_("revoked %(when)s"), when=row.revoked_at)
    if row.expires_at is not None and row.expires_at <= now:
        return Cell(_("expired"))
    return Cell(_("holds"), mark="ok")


def _action(row: Row[Any], now: datetime) -> Cell:
    ended = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
    url = "" if ended else url_for("desk_tokens.ask_revoke", number=row.id)
    return Cell("" if ended else _("Revoke"), url)
