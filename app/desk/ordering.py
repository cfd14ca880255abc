"""Orders that people set: sent whole, whether a row was dragged or moved by a button."""

from collections.abc import Sequence

UP, DOWN = "up", "down"
LONGEST = 500


def readable(text: str) -> list[str]:
    """Return the keys of an order as a form sends it, with commas between, each once."""
    return [one for one in dict.fromkeys(text.split(",")) if one][:LONGEST]


def moved(keys: Sequence[str], move: str) -> list[str]:
    """Return the keys with one of them a place further up or down: `up:grain`.

    At the end of the list, or for a key that is not in it, the order stays.
    """
    order = list(keys)
    way, _colon, key = move.partition(":")
    if key not in order or way not in {UP, DOWN}:
        return order
    here = order.index(key)
    there = here + (1 if way == DOWN else -1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order
