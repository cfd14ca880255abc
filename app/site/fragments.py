"""Parts of pages that are the same on every page: rendered once per reading and language."""

from collections.abc import Callable

from flask import g
from markupsafe import Markup

from app.site.presenting import HERE, Showing


def kept(name: str, here: str = "", *, caller: Callable[[], str]) -> Markup:
    """Return a part of a page, from a template's `call` block.

    Args:
        name: What it is, unique among all templates.
        here: The path of the page, put where the part says `HERE`; a path of ours holds nothing
            that HTML or an address would have to escape.
        caller: Renders it.
    """
    shown: Showing | None = g.get("showing")
    if shown is None or g.get("renders_anew", False):
        part = caller()
    else:
        part = shown.once(f"part {name}", caller)
    return Markup(part.replace(HERE, here) if here else part)  # noqa: S704 - a template's own output


def render_anew() -> None:
    """Keep nothing of the page being made, and take nothing kept: it shows what somebody sent."""
    g.renders_anew = True
