"""The stand-in's API: cursors, filters, what is laid open, and its errors."""

from typing import Any

import pytest
import stripe

from app.sandbox.stripe.api import make_server
from tests.sandbox.stripe.conftest import DAY, Till, membership


def test_cursors_go_both_ways_through_everything(till: Till) -> None:
    made = [till.client.v1.customers.create({}).id for _ in range(5)]
    made.reverse()
    listed = till.client.v1.customers.list

    assert [one.id for one in listed({"limit": 2}).auto_paging_iter()] == made
    page = listed({"limit": 2, "starting_after": made[1]})
    assert ([one.id for one in page.data], page.has_more) == (made[2:4], True)
    page = listed({"limit": 2, "ending_before": made[3]})
    assert ([one.id for one in page.data], page.has_more) == (made[1:3], True)
    page = listed({"limit": 3, "ending_before": made[3]})
    assert ([one.id for one in page.data], page.has_more) == (made[:3], False)
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'"):
        listed({"starting_after": "cus_none"})


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_one_to_a_hundred(till: Till, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        till.client.v1.events.list({"limit": limit})


def test_lists_know_when_things_were_made(till: Till) -> None:
    old = till.client.v1.customers.create({}).id
    till.world.advance(100)
    moment = till.world.now()
    new = till.client.v1.customers.create({}).id

    def made(**when: int) -> list[str]:
        created: Any = when
        return [one.id for one in till.client.v1.customers.list({"created": created}).data]

    assert (made(gte=moment), made(gt=moment)) == ([new], [])
    assert (made(lt=moment), made(lte=moment)) == ([old], [new, old])


def test_subscriptions_that_are_over_are_listed_only_when_asked_for(till: Till) -> None:
    living, over = till.join()["id"], till.join()["id"]
    till.client.v1.subscriptions.cancel(over)

    def found(**params: Any) -> list[str]:  # noqa: ANN401 - a list's filters
        return [one.id for one in till.client.v1.subscriptions.list(params).data]  # type: ignore[arg-type]

    assert found() == [living]
    assert found(status="all") == [over, living]
    assert found(status="canceled") == found(status="ended") == [over]


def test_an_invoices_payment_leads_back_to_its_membership(till: Till) -> None:
    subscription = till.join()
    till.join()
    invoices = till.client.v1.invoices.list(
        {"subscription": subscription["id"], "expand": ["data.payments"]}
    )
    payments = invoices.data[0].payments
    assert payments is not None
    intent = str(payments.data[0].payment.payment_intent)

    found = till.client.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": intent},
            "expand": ["data.invoice"],
        }
    )

    assert [one.id for one in invoices.data] == [subscription["latest_invoice"]]
    invoice = found.data[0].invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.id == subscription["latest_invoice"]


def test_lines_come_in_pages_too(till: Till) -> None:
    line = membership()["line_items"][0]
    session_id = till.open(line_items=[line, line, line])
    till.pay(session_id)
    invoice_id = till.world.all("invoice")[0]["id"]

    first = till.client.v1.invoices.line_items.list(invoice_id, {"limit": 2})
    rest = till.client.v1.invoices.line_items.list(
        invoice_id, {"starting_after": first.data[-1].id}
    )
    sold = till.client.v1.checkout.sessions.line_items.list(session_id)

    assert (len(first.data), first.has_more) == (2, True)
    assert (len(rest.data), rest.has_more) == (1, False)
    assert [one.amount_total for one in sold.data] == [500, 500, 500]
    assert till.one(invoice_id)["total"] == 1500


def test_events_are_listed_by_type_for_thirty_days(till: Till) -> None:
    till.join()
    paid = till.client.v1.events.list({"types": ["invoice.paid", "charge.succeeded"]})
    customer = till.client.v1.events.list({"type": "customer.created"})
    event = customer.data[0]

    assert [one.type for one in paid.data] == ["invoice.paid", "charge.succeeded"]
    assert till.client.v1.events.retrieve(event.id).data.object["id"].startswith("cus_")
    assert event.livemode is False
    till.world.advance(30 * DAY + 1)
    assert till.client.v1.events.list({"type": "customer.created"}).data == []


@pytest.mark.parametrize("path", ["customer.nothing", "status", "nothing", "a.b.c.d.e"])
def test_what_cannot_be_laid_open_is_refused(till: Till, path: str) -> None:
    session_id = till.open()
    till.pay(session_id)

    status, error = till.ask("GET", f"/v1/checkout/sessions/{session_id}", expand=[path])

    assert status == 400
    assert "expand" in error["message"]


def test_what_is_not_there_is_a_404(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        till.client.v1.invoices.retrieve("in_none")

    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert till.ask("GET", "/v1/nothing")[0] == 404
    assert till.ask("DELETE", "/v1/charges/ch_1")[0] == 404


def test_another_version_is_refused(till: Till) -> None:
    status, body = till.world.request("GET", "/v1/events", {}, None, "2020-08-27")

    assert (status, body["error"]["message"]) == (400, "Invalid Stripe API version: 2020-08-27")


@pytest.mark.parametrize("key", [None, "sk_live_secret", "rk_test_1"])
def test_only_a_test_key_opens(till: Till, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    answer = make_server(till.world).test_client().get("/v1/events", headers=headers)

    assert answer.status_code == 401
    assert "secret" not in answer.text


def test_only_this_machine_is_answered(till: Till) -> None:
    client = make_server(till.world).test_client()
    headers = {"Authorization": "Bearer sk_test_1"}

    far = client.get("/v1/events", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    near = client.get("/v1/events", headers=headers)
    other = client.get("/v1/events", headers=headers | {"Host": "evil.example"})

    assert (far.status_code, near.status_code, other.status_code) == (403, 200, 400)
    assert client.put("/v1/events", headers=headers).json["error"]["message"]  # type: ignore[index]


def test_a_product_has_one_id_and_can_be_found(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        till.client.v1.products.create({"id": "gift", "name": "Gift"})

    assert caught.value.code == "resource_already_exists"
    till.client.v1.products.update("gift", {"name": "A gift", "active": False})
    assert till.client.v1.products.retrieve("gift").name == "A gift"
    assert [one.id for one in till.client.v1.products.list({"active": True})] == [
        "membership-month"
    ]
    assert len(till.client.v1.products.list({"ids": ["gift"]}).data) == 1


def test_a_customer_can_be_changed_and_their_metadata_taken_away(till: Till) -> None:
    made = till.client.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    changed = till.client.v1.customers.update(
        made.id, {"email": "eva@example.org", "metadata": {"a": "", "c": "3"}}
    )

    assert (changed.email, changed.metadata.to_dict()) == ("eva@example.org", {"b": "2", "c": "3"})  # type: ignore[union-attr]
    found = till.client.v1.customers.list({"email": "eva@example.org"}).data
    assert [one.id for one in found] == [made.id]
