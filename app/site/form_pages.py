"""Which of our pages carry forms for newsletters, by their paths."""

from flask import g

from app.core.languages import DEFAULT, LANGUAGES
from app.newsletters.funnel.seeing import FormsThere
from app.site import presenting
from app.site.chrome import showing
from app.site.presenting import Showing
from app.site.signing import JOINING, edition_at, offer_of
from app.site.views import forms_of


def forms_at(path: str) -> FormsThere | None:
    """Return the forms of the page at a path, as a sign-up there would say; None without any."""
    first = path.split("/", 2)[1]
    g.language = first if first in LANGUAGES else DEFAULT
    shown = showing()
    slugs = [one.slug for one in presenting.open_lists(shown)]
    if path == shown.path("/newsletters/"):
        return FormsThere("lists", "", slugs)
    alone = {shown.path(f"/newsletters/{slug}/"): slug for slug in slugs}
    there = [alone[path]] if path in alone else _on_page(shown, path, slugs)
    return FormsThere("article", path, there) if there else None


def _on_page(shown: Showing, path: str, slugs: list[str]) -> list[str]:
    if path == shown.path("/"):
        return slugs[:1]
    if path == shown.path("/join/"):
        joining = shown.newsroom.lists.get(JOINING)
        return [JOINING] if joining and joining.open and offer_of() is None else []
    edition = edition_at(shown, path)
    return list(forms_of(edition)) if edition is not None else []
