"""A checkout's lines: what is sold, how many times."""

from typing import Any

from app.sandbox.stripe.books import Books
from app.sandbox.stripe.catalog import price_from
from app.sandbox.stripe.errors import StripeError, invalid, missing
from app.sandbox.stripe.params import part, parts, text, whole

Json = dict[str, Any]


def lines_of(books: Books, params: Json, mode: str) -> list[Json]:
    """Return a checkout's lines, all in one currency and of its mode's kind."""
    given = parts(params, "line_items")
    if not given:
        raise missing("line_items")
    lines = [_line(books, one, number) for number, one in enumerate(given)]
    for line in lines:
        if line["currency"] != lines[0]["currency"]:
            raise invalid("line_items", line["currency"], wants="one currency in all")
        if (line["price"]["type"] == "recurring") is not (mode == "subscription"):
            message = f"You specified `{mode}` mode but passed a price of the other kind."
            raise StripeError(message, param="line_items")
    return lines


def _line(books: Books, given: Json, number: int) -> Json:
    where = f"line_items[{number}]"
    quantity = whole(given, "quantity")
    if quantity is None or quantity < 1:
        raise missing(f"{where}[quantity]")
    if wanted := text(given, "price"):
        price = books.find("price", wanted, f"{where}[price]")
    else:
        price = price_from(books, part(given, "price_data"), f"{where}[price_data]")
    amount = price["unit_amount"] * quantity
    return {
        "id": books.fresh("li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": books.get(price["product"])["name"],
        "price": price,
        "quantity": quantity,
    }
