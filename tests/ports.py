"""Ports of the loopback for servers that tests start: below the range the kernel hands out."""

import random
import socket

FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    for _ in range(200):
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")
