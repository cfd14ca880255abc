"""A visitor of the stand-in's pages, and the objects that are there before they come."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.sandbox.stripe.world import World

Json = dict[str, Any]
SITE = "http://localhost:8000"
GOOD, DECLINED, ASKS = "4242424242424242", "4000000000009995", "4000002500003155"
PRODUCTS = {"month": "Membership by the month", "year": "Membership by the year", "": "Gift"}


def ask(world: World, method: str, path: str, **params: object) -> Json:
    """Use the API; it must say yes."""
    status, answer = world.request(method, path, params, None, None)
    assert status == 200, answer
    return answer


def open_checkout(
    world: World,
    interval: str = "month",
    minor: int = 500,
    currency: str = "eur",
    site: str = SITE,
    **others: object,
) -> Json:
    """Open a checkout as the site does; a single gift if there is no interval."""
    product = ask(world, "POST", "/v1/products", name=PRODUCTS[interval])
    data: Json = {"currency": currency, "product": product["id"], "unit_amount": str(minor)}
    if interval:
        data["recurring"] = {"interval": interval}
    else:
        others["customer_creation"] = "always"
    return ask(
        world, "POST", "/v1/checkout/sessions", mode="subscription" if interval else "payment",
        line_items=[{"price_data": data, "quantity": "1"}],
        success_url=f"{site}/join/thanks/?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{site}/join/", client_reference_id="the-intent", **others,
    )  # fmt: skip


def pay(client: FlaskClient, session_id: str, picked: str = GOOD, **others: str) -> TestResponse:
    """Fill the checkout's form and send it."""
    form = {"email": "olena@example.org", "name": "Olena Test", "picked": picked, "typed": ""}
    return client.post(f"/pay/{session_id}", data=form | others)


def member(world: World, card: str = GOOD, interval: str = "month", minor: int = 500) -> Json:
    """Let somebody become a member; return the checkout as it is then."""
    session = open_checkout(world, interval, minor)
    world.pay(session["id"], card, email="olena@example.org", name="Olena Test")
    return world.get(session["id"]) or {}


def only(world: World, kind: str) -> Json:
    """Return the one object of this kind."""
    (found,) = world.all(kind)
    return found


def portal_of(world: World, customer_id: str) -> str:
    """Open a customer's portal; return its path."""
    session = ask(
        world, "POST", "/v1/billing_portal/sessions",
        customer=customer_id, return_url=f"{SITE}/account/",
    )  # fmt: skip
    return f"/portal/{session['id']}"


def words(response: TestResponse) -> str:
    """Return the text of a page's main part, in one line."""
    page = response.get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()
