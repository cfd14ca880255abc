"""A gateway that speaks to a server of the test's own."""

from collections.abc import Iterator

import pytest

from app.payments.stripe_gateway import StripeGateway
from tests.payments.answering import Answering, answering


@pytest.fixture
def stripe_server() -> Iterator[Answering]:
    """Answers as the test says."""
    with answering() as server:
        yield server


@pytest.fixture
def gateway(stripe_server: Answering) -> StripeGateway:
    """The real client, spoken to through the loopback."""
    return StripeGateway("sk_test_made_up", base=stripe_server.base)
