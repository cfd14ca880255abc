"""Idempotency keys in the stand-in, and answers that never arrive."""

from typing import Any

import pytest
import stripe

from app.sandbox.stripe.api import Trouble
from tests.sandbox.stripe.conftest import DAY, Till, membership


def open_with(till: Till, key: str, **more: Any) -> str:  # noqa: ANN401 - a checkout's parameters
    params: Any = membership() | more
    return till.client.v1.checkout.sessions.create(params, {"idempotency_key": key}).id


def test_the_same_key_gives_the_same_answer_and_makes_nothing_new(till: Till) -> None:
    first = open_with(till, "key-1")

    assert open_with(till, "key-1") == first
    assert open_with(till, "key-2") != first
    assert len(till.world.all("checkout.session")) == 2


def test_a_replay_is_the_first_answer_even_when_the_object_changed(till: Till) -> None:
    session_id = open_with(till, "key-1")
    till.pay(session_id)

    params: Any = membership()
    again = till.client.v1.checkout.sessions.create(params, {"idempotency_key": "key-1"})

    assert (again.id, again.status) == (session_id, "open")
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_free_again_after_a_day(till: Till) -> None:
    first = open_with(till, "key-1")

    till.world.advance(DAY - 1)
    assert open_with(till, "key-1") == first
    till.world.advance(1)
    assert open_with(till, "key-1") != first


def test_other_parameters_under_a_key_are_refused(till: Till) -> None:
    open_with(till, "key-1")

    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with"):
        open_with(till, "key-1", client_reference_id="ref-9")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        till.client.v1.customers.create({}, {"idempotency_key": "key-1"})


def test_a_refusal_is_replayed(till: Till) -> None:
    payment_id = till.give()["id"]
    dispute_id = till.world.dispute(payment_id)
    path, params = "/v1/refunds", {"payment_intent": payment_id}
    refused = till.world.request("POST", path, params, "key-1", None)
    till.world.settle_dispute(dispute_id, won=True)

    assert refused[1]["error"]["code"] == "charge_disputed"
    assert till.world.request("POST", path, params, "key-1", None) == refused
    assert till.world.request("POST", path, params, "key-2", None)[0] == 200


def test_a_wrong_parameter_does_not_use_up_its_key(till: Till) -> None:
    path, params = "/v1/refunds", {"payment_intent": till.give()["id"]}

    assert till.world.request("POST", path, params | {"amount": "x"}, "key-2", None)[0] == 400
    assert till.world.request("POST", path, params | {"amount": "5"}, "key-2", None)[0] == 200


def test_a_lost_answer_is_found_again_by_the_clients_own_retry(till: Till) -> None:
    till.trouble.lost = 1

    open_with(till, "key-1")

    assert len(till.world.all("checkout.session")) == 1


def test_a_server_that_is_down_for_long_is_an_error(till: Till) -> None:
    till.trouble.down = 3

    with pytest.raises(stripe.APIError, match="unknown error"):
        open_with(till, "key-1")
    assert till.world.all("checkout.session") == []


def test_too_many_requests_are_said_to_be(till: Till) -> None:
    till.trouble.too_many = 1

    with pytest.raises(stripe.RateLimitError):
        open_with(till, "key-1")


def test_the_same_seed_fails_alike() -> None:
    runs = [[trouble.next() for _ in range(400)] for trouble in (Trouble(5, 7), Trouble(5, 7))]

    assert runs[0] == runs[1]
    assert 5 <= sum(map(bool, runs[0])) <= 40
    assert {"down", "lost", ""} == set(runs[0])
