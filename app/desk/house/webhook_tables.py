"""Systems that are told by webhooks, and what they were told, as lists."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, String, cast, func, or_, select

from app.core.languages import gettext as _
from app.core.orm import table_of
from app.desk.listing import Cell, Column, Filter, Table
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint

EVENT_WORDS: Mapping[str, Callable[[], str]] = {
    "subscribed": lambda: _("somebody asked for a newsletter"),
    "confirmed": lambda: _("somebody confirmed"),
    "unsubscribed": lambda: _("somebody left a newsletter"),
    "bounced": lambda: _("mail to somebody came back for good"),
    "complained": lambda: _("somebody complained of spam"),
}
STATES = ("waiting", "delivered", "failed", "dropped")


def state_cell(row: Any) -> Cell:  # noqa: ANN401 - a system, or a row of its columns
    """Return how a system does."""
    if row.disabled_at is not None:
        return Cell(_("off since %(when)s"), mark="pend", when=row.disabled_at)
    if row.failing_since is not None:
        return Cell(_("failing since %(when)s"), mark="err", when=row.failing_since)
    return Cell(_("well"), mark="ok")


def system_table() -> Table:
    """Return every system."""
    columns = table_of(WebhookEndpoint).c
    return Table(
        name="webhooks",
        rows=select(*columns),
        key=columns.id,
        columns=(
            Column("system", lambda: _("System"), _system, columns.name),
            Column("address", lambda: _("Address"), lambda row: row.url, columns.url),
            Column("told", lambda: _("Told of"), lambda row: ", ".join(row.events)),
            Column("state", lambda: _("State"), state_cell),
            Column(
                "made",
                lambda: _("Made"),
                lambda row: row.created_at,
                columns.created_at,
            ),
        ),
        order="system",
        empty=lambda: _("No other system is told of anything: add the first."),
        search=lambda words: (
            func.lower(columns.name).contains(words.lower(), autoescape=True)
            | columns.url.contains(words, autoescape=True)
        ),
        search_title=lambda: _("System or address"),
    )


def _system(row: Row[Any]) -> Cell:
    return Cell(row.name, url_for("desk_webhooks.system", number=row.id))


def delivery_table(endpoint_id: int) -> Table:
    """Return what one system was told, for as long as it is kept."""
    columns = table_of(WebhookDelivery).c
    return Table(
        name="deliveries",
        rows=select(*columns).where(columns.endpoint_id == endpoint_id),
        key=columns.id,
        columns=(
            Column("delivery", lambda: _("Delivery"), _delivery, columns.id, numeric=True),
            Column("event", lambda: _("Event"), lambda row: event_name(row.consent_id)),
            Column(
                "when",
                lambda: _("When"),
                lambda row: row.created_at,
                columns.created_at,
            ),
            Column(
                "state", lambda: _("State"), lambda row: delivery_state(row.state), columns.state
            ),
            Column(
                "tries",
                lambda: _("Tries"),
                lambda row: str(row.attempts),
                columns.attempts,
                numeric=True,
            ),
            Column("status", lambda: _("Answer"), _answer, columns.status),
        ),
        order="-delivery",
        empty=lambda: _("Nothing was to be told yet. Send a test to see whether it arrives."),
        search=_told,
        search_title=lambda: _("Number of a delivery or an event, or its answer"),
        filters=(
            Filter(
                "state",
                lambda: _("State"),
                (("", _("All")), *((one, delivery_state(one).text) for one in STATES)),
                lambda state: columns.state == state,
            ),
        ),
    )


def _told(words: str) -> ColumnElement[bool]:
    columns, number = table_of(WebhookDelivery).c, words.lower().removeprefix("evt_")
    each = (columns.id, columns.consent_id, columns.status)
    return or_(*(cast(one, String) == number for one in each))


def event_name(consent_id: int | None) -> str:
    """Return the name of an event, as the system gets it."""
    return _("test") if consent_id is None else f"evt_{consent_id}"


def delivery_state(state: str) -> Cell:
    """Return the state of a delivery."""
    words = {
        "waiting": Cell(_("waiting"), mark="pend"),
        "delivered": Cell(_("delivered"), mark="ok"),
        "failed": Cell(_("failed"), mark="err"),
    }
    return words.get(state, Cell(_("dropped, as its person was erased")))


def _delivery(row: Row[Any]) -> Cell:
    url = url_for("desk_webhooks_acting.delivery", number=row.endpoint_id, delivery_id=row.id)
    return Cell(str(row.id), url)


def _answer(row: Row[Any]) -> str:
    if row.milliseconds is None:
        return ""
    return _("%(status)s in %(ms)s ms", status=row.status or "—", ms=row.milliseconds)
