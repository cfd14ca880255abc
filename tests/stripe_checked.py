"""Puts every call of Stripe's client, and every answer to it, to the package's own types."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import stripe
from stripe._api_requestor import _APIRequestor

from app.payments import stripe_client
from tests.stripe_types import check_call, check_object, check_request

OK = range(200, 300)


class CheckedClient(stripe.HTTPClient):
    """Carries requests as the package's own client does, once they have passed."""

    name = "checked"

    def __init__(self, inner: stripe.HTTPClient) -> None:
        super().__init__()
        self._inner = inner

    def request(  # type: ignore[override] # `_usage` is never passed on
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        """Check, send, and check what is answered."""
        check_call(method, url, post_data)
        body, status, said = self._inner.request(method, url, headers, post_data)
        if status in OK:
            with suppress(json.JSONDecodeError):  # the client says itself that this is nothing
                check_object(json.loads(body))
        return body, status, said

    def close(self) -> None:
        """Hang up."""
        self._inner.close()  # type: ignore[no-untyped-call] # the package's own


@contextmanager
def stripe_checked() -> Iterator[None]:
    """Check all that our gateways say and hear meanwhile; retries wait for nothing.

    On the wire all is text, so what is given to the client is checked before it becomes that.
    """
    plain, send = stripe_client.http_client, _APIRequestor.request_raw

    def send_checked(
        self: _APIRequestor,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        *args: Any,  # noqa: ANN401 - whatever else the package passes on
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        check_request(method, url, params)
        return send(self, method, url, params, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe_client, "http_client", lambda wait: CheckedClient(plain(wait)))
        patch.setattr(_APIRequestor, "request_raw", send_checked)
        patch.setattr(stripe, "enable_telemetry", False)
        patch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
        patch.setattr(stripe.HTTPClient, "MAX_DELAY", 0)
        yield
