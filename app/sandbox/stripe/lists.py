"""Lists with cursors and filters, and objects laid open in the place of their ids."""

from typing import Any

from app.sandbox.stripe.books import DAY, Books, listing, shown
from app.sandbox.stripe.errors import StripeError, invalid, no_such
from app.sandbox.stripe.params import flag, part, text, texts, whole
from app.sandbox.stripe.store import EVERYTHING, Wanted, field

Json = dict[str, Any]

DEEPEST = 4
COMMON = frozenset(
    [
        "limit",
        "starting_after",
        "ending_before",
        "expand",
        "created",
        "created.gt",
        "created.gte",
        "created.lt",
        "created.lte",
    ]
)
FILTERS: dict[str, dict[str, str]] = {
    "customer": {"email": "email"},
    "product": {"active": "active"},
    "price": {"active": "active", "product": "product", "type": "type", "currency": "currency"},
    "checkout.session": {
        name: name for name in ("customer", "payment_intent", "subscription", "status")
    },
    "subscription": {"customer": "customer", "status": "status"},
    "invoice": {
        "customer": "customer",
        "status": "status",
        "subscription": "parent.subscription_details.subscription",
    },
    "invoice_payment": {
        "invoice": "invoice",
        "status": "status",
        "payment.type": "payment.type",
        "payment.payment_intent": "payment.payment_intent",
    },
    "payment_intent": {"customer": "customer"},
    "charge": {"customer": "customer", "payment_intent": "payment_intent"},
    "refund": {"charge": "charge", "payment_intent": "payment_intent"},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "radar.early_fraud_warning": {"charge": "charge", "payment_intent": "payment_intent"},
    "payment_method": {"customer": "customer", "type": "type"},
    "event": {"type": "type"},
}
"""What each list can be filtered by, and the field that it means."""
INSIDE = {
    ("invoice", "payments"): ("invoice_payment", "invoice"),
    ("charge", "refunds"): ("refund", "charge"),
    ("customer", "subscriptions"): ("subscription", "customer"),
}
"""Lists that an object has only when they are asked for: of what, and who points back."""


def known(kind: str) -> frozenset[str]:
    """Return the parameters that a list takes."""
    more = {"product": {"ids"}, "event": {"types"}}.get(kind, set())
    return COMMON | FILTERS[kind].keys() | more


def page(books: Books, params: Json, kind: str, url: str) -> Json:
    """Return a page of a list, newest first."""
    limit = _limit(params)
    wanted, backwards = _from(books, params, kind, _filtered(books, params, kind))
    found = books.store.find(kind, wanted, limit=limit + 1, oldest_first=backwards)
    items = found[:limit]
    if backwards:
        items.reverse()
    answer = listing(items, url, more=len(found) > limit)
    expand(books, answer, texts(params, "expand"))
    return answer


def _limit(params: Json) -> int:
    limit = whole(params, "limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:  # noqa: PLR2004 - Stripe's own
        raise invalid("limit", limit, wants="between 1 and 100")
    return limit


def cut(whole_list: Json, params: Json) -> Json:
    """Return a page of a list that an object carries with it, in the list's own order."""
    items, after = whole_list["data"], text(params, "starting_after")
    if after is not None:
        passed = [number for number, one in enumerate(items) if one["id"] == after]
        if not passed:
            raise no_such("line_item", after, "starting_after", 400)
        items = items[passed[0] + 1 :]
    limit = _limit(params)
    return listing(items[:limit], whole_list["url"], more=len(items) > limit)


def _filtered(books: Books, params: Json, kind: str) -> Wanted:
    wanted = EVERYTHING
    for name, path in FILTERS[kind].items():
        outer, _, inner = name.partition(".")
        value = text(part(params, outer), inner) if inner else text(params, name)
        if value is not None:
            wanted = _with(wanted, kind, path, value)
    if kind == "subscription" and text(params, "status") is None:
        wanted = wanted.and_(f"{field('status')} != 'canceled'")
    if kind == "customer":
        wanted = wanted.and_(f"{field('deleted')} IS NULL")
    if kind == "event":
        wanted = wanted.and_("created >= ?", books.moment - 30 * DAY)
    for name, path in (("types", "type"), ("ids", "id")):
        if name in known(kind) and (words := texts(params, name)):
            marks = ", ".join("?" * len(words))
            wanted = wanted.and_(f"{field(path)} IN ({marks})", *words)
    return _created(params, wanted)


def _with(wanted: Wanted, kind: str, path: str, value: str) -> Wanted:
    if path == "active":
        return wanted.and_(f"{field(path)} = ?", flag({path: value}, path))
    if kind == "subscription" and path == "status" and value in {"all", "ended"}:
        over = f"{field(path)} IN ('canceled', 'incomplete_expired')"
        return wanted if value == "all" else wanted.and_(over)
    if kind == "event" and value.endswith("*"):
        return wanted.and_(f"{field(path)} GLOB ?", value)
    return wanted.and_(f"{field(path)} = ?", value)


def _created(params: Json, wanted: Wanted) -> Wanted:
    given = params.get("created")
    if not isinstance(given, dict):
        moment = whole(params, "created")
        return wanted if moment is None else wanted.and_("created = ?", moment)
    for name, sign in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")):
        if (moment := whole(given, name)) is not None:
            wanted = wanted.and_(f"created {sign} ?", moment)
    return wanted


def _from(books: Books, params: Json, kind: str, wanted: Wanted) -> tuple[Wanted, bool]:
    after, before = text(params, "starting_after"), text(params, "ending_before")
    if after and before:
        raise StripeError(
            "You cannot use `starting_after` and `ending_before` together.", kept=False
        )
    cursor = after or before
    if cursor is None:
        return wanted, False
    place = books.store.place(cursor)
    if place is None:
        raise no_such(kind, cursor, "starting_after" if after else "ending_before", 400)
    return wanted.and_(f"(created, seq) {'<' if after else '>'} (?, ?)", *place), bool(before)


def expand(books: Books, answer: Json, paths: list[str]) -> None:
    """Lay open what is asked for, like `latest_invoice.payments`."""
    for path in paths:
        steps = path.split(".")
        if len(steps) - (steps[0] == "data") > DEEPEST:
            message = f"You cannot expand more than {DEEPEST} levels of a property ({path})."
            raise StripeError(message, kept=False)
        _open(books, answer, steps, path)


def _open(books: Books, inside: Any, steps: list[str], path: str) -> None:  # noqa: ANN401 - any JSON
    if isinstance(inside, list):
        for one in inside:
            _open(books, one, steps, path)
        return
    if not steps or inside is None or (isinstance(inside, dict) and inside.get("deleted")):
        return  # what can be expanded hangs on the types: nothing is left of a deleted object
    first, rest = steps[0], steps[1:]
    value = _there(books, inside, first, path)
    if isinstance(value, str):
        found = books.store.get(value)
        if found is None or first in {"id", "url"}:
            raise _unexpandable(path)
        value = found
    elif not rest and not isinstance(value, dict | None):
        raise _unexpandable(path)
    inside[first] = value
    _open(books, value, rest, path)


def _there(books: Books, inside: Any, name: str, path: str) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(inside, dict):
        raise _unexpandable(path)
    kind = inside.get("object", "")
    if (kind, name) == ("checkout.session", "line_items"):
        url = f"/v1/checkout/sessions/{inside['id']}/line_items"
        return listing(shown(inside["_lines"]), url)
    if (kind, name) in INSIDE and name not in inside:
        inner, back = INSIDE[kind, name]
        found = books.store.find(inner, Wanted([f"{field(back)} = ?"], [inside["id"]]))
        return listing(found, f"/v1/{inner}s?{back}={inside['id']}")
    if name not in inside:
        raise _unexpandable(path)
    return inside[name]


def _unexpandable(path: str) -> StripeError:
    return StripeError(f"This property cannot be expanded ({path}).", kept=False)
