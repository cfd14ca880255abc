"""Readers' pages inside the desk: made by the site, which hands over what makes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, current_app, make_response, render_template

from app.core.guards import CONTENT_POLICY
from app.goal.queries import CampaignRead
from app.memberships.joining.offers import Offer, TierRead

NAME = "unwalled_previews"
LIGHT, DARK = "light", "dark"
LOOKS: Final = (LIGHT, DARK)
WIDTHS: Final = (360, 768, 1280)
FRAMES_OURS = f"{CONTENT_POLICY}; frame-src 'self'"
FRAMED_BY_US = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


@dataclass(frozen=True, slots=True)
class Previews:
    """What the site makes for the desk; each takes a look last, and the language is the page's.

    Attributes:
        front: The front page as it is.
        asking: A page on which a campaign asks with so many members, in a place; None if no
            article does.
        joining: The page for joining with an offer and tiers.
    """

    front: Callable[[str], str]
    asking: Callable[[CampaignRead, int | None, str, str], str | None]
    joining: Callable[[Offer, Sequence[TierRead], str], str]


def use_previews(app: Flask, previews: Previews) -> None:
    """Let the site make what the desk shows of it."""
    app.extensions[NAME] = previews


def the_previews() -> Previews:
    """Return what the site handed over."""
    found: Previews = current_app.extensions[NAME]
    return found


def framed(page: str) -> Response:
    """Return a page that only a page of ours may show in a frame."""
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = FRAMED_BY_US
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def not_yet(sentence: str) -> Response:
    """Return what stands in a frame while there is nothing to show in it."""
    return framed(render_template("desk/door/not_yet.html", sentence=sentence))


def framing(answer: Response) -> Response:
    """Let a page of the desk show pages of ours in frames."""
    answer.headers["Content-Security-Policy"] = FRAMES_OURS
    return answer


def a_look(text: str) -> str:
    """Return a look that was asked for, light unless it is one of ours."""
    return text if text in LOOKS else LIGHT
