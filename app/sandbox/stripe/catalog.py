"""Customers, products and prices."""

from typing import Any

from app.sandbox.stripe.books import Books
from app.sandbox.stripe.errors import StripeError, invalid, missing
from app.sandbox.stripe.months import MONTHS
from app.sandbox.stripe.params import flag, metadata, needed, part, text, whole, word

Json = dict[str, Any]

LARGEST = 99_999_999
SMALLEST = {"gbp": 30, "pln": 200, "czk": 1500, "dkk": 250, "nok": 300, "sek": 300, "huf": 17_500}
STEPS = {"isk": 100, "ugx": 100} | dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10)
"""What an amount must be a multiple of: https://docs.stripe.com/currencies#special-cases"""
NOBODY: Json = {"city": None, "country": None, "line1": None, "line2": None} | {
    "postal_code": None,
    "state": None,
}


def create_customer(books: Books, params: Json) -> Json:
    """Make a customer."""
    customer = books.add(
        "customer",
        "cus_",
        {
            "address": None,
            "balance": 0,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": text(params, "description"),
            "discount": None,
            "email": text(params, "email"),
            "invoice_prefix": books.fresh("", 8).upper(),
            "invoice_settings": dict.fromkeys(
                ("custom_fields", "default_payment_method", "footer", "rendering_options")
            ),
            "metadata": metadata(params),
            "name": text(params, "name"),
            "next_invoice_sequence": 1,
            "phone": text(params, "phone"),
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        },
    )
    books.tell("customer.created", customer)
    return customer


def update_customer(books: Books, params: Json, customer_id: str) -> Json:
    """Change a customer's address, name or metadata."""
    customer = living_customer(books, customer_id)
    changes: Json = {
        name: text(params, name)
        for name in ("email", "name", "phone", "description")
        if name in params
    }
    changes["metadata"] = metadata(params, customer["metadata"])
    books.change(customer, "customer.updated", changes)
    return customer


def living_customer(books: Books, customer_id: str, param: str = "id") -> Json:
    """Return a customer who is not deleted."""
    customer = books.find("customer", customer_id, param)
    if customer.get("deleted"):
        message = f"No such customer: '{customer_id}'"
        status = 404 if param == "id" else 400
        raise StripeError(message, status=status, code="resource_missing", param=param)
    return customer


def create_product(books: Books, params: Json) -> Json:
    """Make a product, with its own id if one is given."""
    name, wanted = needed(params, "name"), text(params, "id")
    if wanted and books.store.get(wanted):
        raise StripeError("Product already exists.", code="resource_already_exists", param="id")
    product: Json = {
        "active": flag(params, "active") is not False,
        "default_price": None,
        "description": text(params, "description"),
        "images": [],
        "marketing_features": [],
        "metadata": metadata(params),
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": text(params, "statement_descriptor"),
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": books.moment,
        "url": None,
    }
    made = books.add("product", "prod_", product | ({"id": wanted} if wanted else {}))
    books.tell("product.created", made)
    return made


def update_product(books: Books, params: Json, product_id: str) -> Json:
    """Change a product's name, description or metadata."""
    product = books.find("product", product_id)
    changes: Json = {"metadata": metadata(params, product["metadata"]), "updated": books.moment}
    changes |= {name: text(params, name) for name in ("name", "description") if name in params}
    if (active := flag(params, "active")) is not None:
        changes["active"] = active
    books.change(product, "product.updated", changes)
    return product


def create_price(books: Books, params: Json) -> Json:
    """Make a price of its own."""
    return price_from(books, params, "", active=True)


def price_from(books: Books, data: Json, where: str, *, active: bool = False) -> Json:
    """Make a price from `price_data`; one made inline is not active, so nothing else uses it."""
    currency, amount = _currency(data, where), whole(data, "unit_amount")
    if amount is None:
        raise missing(_below(where, "unit_amount"))
    _fits(amount, currency, _below(where, "unit_amount"))
    product = books.find("product", needed(data, "product"), _below(where, "product"))
    recurring = _recurring(part(data, "recurring"), where)
    return books.add(
        "price",
        "price_",
        {
            "active": active,
            "billing_scheme": "per_unit",
            "currency": currency,
            "custom_unit_amount": None,
            "lookup_key": None,
            "metadata": metadata(data),
            "nickname": None,
            "product": product["id"],
            "recurring": recurring,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        },
    )


def _below(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _currency(data: Json, where: str) -> str:
    currency = needed(data, "currency").lower()
    if len(currency) != len("eur") or not currency.isalpha():
        raise invalid(_below(where, "currency"), currency, wants="an ISO 4217 code")
    return currency


def _fits(amount: int, currency: str, param: str) -> None:
    if amount % STEPS.get(currency, 1):
        raise invalid(param, amount, wants=f"a multiple of {STEPS[currency]} in {currency}")
    if amount < SMALLEST.get(currency, 50):
        raise StripeError(
            "The Checkout Session's total amount must convert to at least 50 cents.",
            code="amount_too_small",
            param=param,
        )
    if amount > LARGEST:
        raise StripeError("Invalid integer: too large", code="amount_too_large", param=param)


def _recurring(data: Json, where: str) -> Json | None:
    if not data:
        return None
    interval = word(data, "interval", tuple(MONTHS))
    if interval is None:
        raise missing(_below(where, "recurring][interval"))
    return {
        "interval": interval,
        "interval_count": whole(data, "interval_count") or 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
