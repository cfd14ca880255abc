"""What every room of the stand-in works with: the objects, the moment, new ids, events."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from app.sandbox.stripe.errors import no_such
from app.sandbox.stripe.store import Store

Json = dict[str, Any]
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VERSION = "2026-10-28.endive"
DAY = 86_400


class Books:
    """The account as it stands.

    Attributes:
        moment: The seconds at which what is happening happens.
        address: Of the hosted pages.
        on_event: Called with each event once it is kept.
    """

    def __init__(self, store: Store, seed: bytes, address: str) -> None:
        self.store = store
        self.address = address
        self.moment = 0
        self.asked: Json = {"id": None, "idempotency_key": None}
        self.on_event: Callable[[Json], None] = lambda _event: None
        self._seed = seed

    def fresh(self, prefix: str, length: int = 24) -> str:
        """Return a new id. They follow from the seed, and never come twice from one file."""
        number = int(self.store.setting("ids", "0")) + 1
        self.store.set("ids", str(number))
        digest = hmac.digest(self._seed, f"{prefix}{number}".encode(), hashlib.sha512)
        return prefix + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:length])

    def add(self, kind: str, prefix: str, fields: Json) -> Json:
        """Keep a new object."""
        made = {"id": self.fresh(prefix), "object": kind, "created": self.moment}
        made |= {"livemode": False} | fields
        self.store.put(made)
        return made

    def put(self, data: Json) -> None:
        """Keep an object that changed."""
        self.store.put(data)

    def get(self, object_id: str) -> Json:
        """Return an object that is there."""
        found = self.store.get(object_id)
        if found is None:
            raise LookupError(object_id)
        return found

    def find(self, kind: str, object_id: str, param: str = "id") -> Json:
        """Return an object that somebody asks for.

        Raises:
            StripeError: There is none of this kind and id; 404 for the path's own, else 400.
        """
        found = self.store.get(object_id)
        if found is None or found["object"] != kind:
            raise no_such(kind, object_id, param, 404 if param == "id" else 400)
        return found

    def tell(self, kind: str, data: Json, previous: Json | None = None) -> None:
        """Keep an event with a copy of its object, and send it out."""
        event = self.add(
            "event",
            "evt_",
            {
                "api_version": VERSION,
                "data": {"object": shown(data)}
                | ({"previous_attributes": previous} if previous else {}),
                "pending_webhooks": 1,
                "request": dict(self.asked),
                "type": kind,
            },
        )
        self.on_event(event)

    def change(self, data: Json, kind: str, changes: Json) -> None:
        """Change an object, keep it and tell of it (unless `kind` is empty) with what it was."""
        previous = {name: data.get(name) for name in changes if data.get(name) != changes[name]}
        data.update(changes)
        self.put(data)
        if kind:
            self.tell(kind, data, shown(previous))


def shown(data: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON without what only this stand-in knows: names that begin with `_`."""
    if isinstance(data, dict):
        return {name: shown(value) for name, value in data.items() if not name.startswith("_")}
    if isinstance(data, list):
        return [shown(value) for value in data]
    return data


def listing(items: list[Json], url: str, *, more: bool = False) -> Json:
    """Return a list object."""
    return {"object": "list", "data": items, "has_more": more, "url": url}
