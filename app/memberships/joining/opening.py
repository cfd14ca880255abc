"""Whether joining is open and what the page for it stands in: said by the site, which is above."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from app.memberships.joining.offers import Offer

NAME = "unwalled_opening"


@dataclass(frozen=True, slots=True)
class Opening:
    """What the site knows of joining.

    Attributes:
        offer: Returns what is offered now, or None while joining is closed.
        closed: Returns the page that stands here until then.
        around: Returns what the page's template needs of the site: `meter` and `meta`.
    """

    offer: Callable[[], Offer | None]
    closed: Callable[[], str]
    around: Callable[[], Mapping[str, object]]


def use_opening(app: Flask, opening: Opening) -> None:
    """Let the site say whether joining is open."""
    app.extensions[NAME] = opening


def the_opening() -> Opening:
    """Return what the site said."""
    found: Opening = current_app.extensions[NAME]
    return found
