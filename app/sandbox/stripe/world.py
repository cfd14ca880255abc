"""The stand-in for Stripe: objects that are kept, its own clock, cards that behave by number."""

from pathlib import Path
from typing import Any, Literal

from app.sandbox.stripe.deliveries import Deliveries, Webhook

Json = dict[str, Any]
Paid = Literal["paid", "processing", "declined", "three_d"]
Taken = Literal["taken", "declined", "three_d"]


class World:
    """A Stripe account in test mode, kept in `folder/stripe.sqlite3`.

    Args:
        folder: Where the state is; what is there already is gone on with.
        secret: What ids are made from.
        webhook: Where events go; none go anywhere without it.
        address: Of the hosted pages: `{address}/pay/<session>` and `{address}/portal/<session>`.
        seed: The same seed and the same calls give the same ids and the same luck.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        webhook: Webhook | None = None,
        *,
        address: str = "http://127.0.0.1:8090",
        seed: int | None = None,
    ) -> None:
        self._given = (folder, secret, webhook, seed)
        self.address = address
        self.deliveries = Deliveries()

    def close(self) -> None:
        """Stop sending and close the file."""
        raise NotImplementedError

    def now(self) -> int:
        """Return the seconds of its own clock: real time and what it was advanced by."""
        raise NotImplementedError

    def advance(self, seconds: int) -> None:
        """Set the clock forward; what falls due meanwhile happens in order of time."""
        raise NotImplementedError

    def request(
        self, method: str, path: str, params: Json, key: str | None, version: str | None
    ) -> tuple[int, Json]:
        """Answer a request of the API: its status and its body."""
        raise NotImplementedError

    def get(self, object_id: str) -> Json | None:
        """Return an object as the API shows it, or nothing if there is none of this id."""
        raise NotImplementedError

    def all(self, kind: str) -> list[Json]:
        """Return the objects of this kind (`charge`, `checkout.session` ...), newest first."""
        raise NotImplementedError

    def pay(
        self, session_id: str, card: str, *, email: str, name: str, three_d: bool | None = None
    ) -> Paid:
        """Pay an open checkout with a card's number or an IBAN.

        `three_d` is how the bank's own question ended; without it such a card answers `three_d`
        and nothing has happened yet.
        """
        raise NotImplementedError

    def leave(self, session_id: str) -> None:
        """Go back without paying: the session stays open until it expires."""
        raise NotImplementedError

    def new_card(self, customer_id: str, card: str, *, three_d: bool | None = None) -> Taken:
        """Change the card that a customer's memberships are paid with, as the portal does."""
        raise NotImplementedError

    def refund(self, payment_id: str, minor: int | None = None) -> str:
        """Give back a part (in minor units) or all that is left; return the refund's id."""
        raise NotImplementedError

    def dispute(self, payment_id: str, *, warning: bool = False) -> str:
        """Let the bank dispute a payment, or only ask about it; return the dispute's id."""
        raise NotImplementedError

    def settle_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Close a dispute."""
        raise NotImplementedError

    def warn(self, payment_id: str) -> str:
        """Let the card's network warn of fraud; return the warning's id."""
        raise NotImplementedError

    def delete_customer(self, customer_id: str) -> None:
        """Delete a customer; their subscriptions end at once."""
        raise NotImplementedError

    def send_lost(self) -> int:
        """Deliver what was lost; return how many."""
        raise NotImplementedError

    def log(self) -> list[Json]:
        """Return the latest deliveries, newest first: event, type, state, attempts, answer, at."""
        raise NotImplementedError
