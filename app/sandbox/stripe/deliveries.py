"""How events reach the site: signed, from a thread of their own, and as badly as is asked for."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Webhook:
    """Where events are POSTed, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Deliveries:
    """What goes wrong on the way, each in per cent; kept over a restart.

    Attributes:
        lose: Never sent, until `World.send_lost` is called.
        repeat: Sent twice.
        late: Sent up to half a minute later.
        shuffle: Sent out of order.
        form: `thin` events only name their object, `snapshot` events hold a copy of it.
    """

    lose: int = 0
    repeat: int = 0
    late: int = 0
    shuffle: int = 0
    form: Literal["thin", "snapshot"] = "thin"
