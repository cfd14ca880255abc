"""The ports of the loopback that `make run` listens on."""

import argparse
import socket
from dataclasses import dataclass

from app.core.errors import OperatorError

LAST_PORT = 65535


@dataclass(frozen=True)
class Ports:
    """Where the servers listen.

    Attributes:
        site: What readers see.
        mail: Takes mail.
        mailbox: Shows it.
        stripe: The stand-in for Stripe; None where Stripe's own test mode is used.
    """

    site: int
    mail: int
    mailbox: int
    stripe: int | None

    @property
    def named(self) -> dict[str, int]:
        """Those that are listened on, by the names that `make run` knows them by."""
        named = {"PORT": self.site, "MAIL_PORT": self.mail, "MAILBOX_PORT": self.mailbox}
        return named if self.stripe is None else named | {"STRIPE_PORT": self.stripe}

    def check(self) -> None:
        """Refuse ports that are taken, out of range, or asked for twice."""
        if len(set(self.named.values())) < len(self.named):
            *others, last = self.named
            raise OperatorError(f"{', '.join(others)} and {last} must be different ports.")
        for name, port in self.named.items():
            if not is_free(port):
                raise OperatorError(
                    f"Port {port} is taken: end what uses it, or choose another, "
                    f"like `make run {name}={port + 1}`."
                )


def port_number(text: str) -> int:
    """Read a port that a user may listen on."""
    if not text.isdigit() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535.")
    return int(text)


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
