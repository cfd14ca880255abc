"""What is typed of another site that may carry our forms."""

from collections.abc import Iterable, Sequence

from app.core.errors import FieldError, OperatorError
from app.core.languages import gettext as _
from app.newsletters.embeds.embeds import NAME, Embed
from app.newsletters.embeds.origins import read_origin
from app.newsletters.queries import List


def read_new_name(text: str, sites: Iterable[Embed]) -> str:
    """Return the name of a new site.

    Raises:
        FieldError: It cannot be one, or is another's.
    """
    name = text.strip().lower()
    if any(one.name == name for one in sites):
        raise FieldError("name", _("There is, or was, a site of this name: choose another."))
    if not NAME.fullmatch(name):
        raise FieldError("name", _("Use a to z, 0 to 9 and hyphens, at most 40 of them."))
    return name


def read_origins(text: str, name: str, sites: Iterable[Embed], *, plain: bool) -> list[str]:
    """Return the origins of a site, as browsers send them.

    Args:
        text: One a line, as typed.
        name: Of the site; an origin belongs to one.
        sites: All there are.
        plain: Sites without TLS are taken, as on a laptop.

    Raises:
        FieldError: One of them cannot be taken, or there is none.
    """
    found = [_origin(one, plain=plain) for one in text.split()]
    if not found:
        raise FieldError("origins", _("Write at least one address, like https://partner.org."))
    taken = {origin: one.name for one in sites if one.name != name for origin in one.origins}
    for origin in found:
        if origin in taken:
            words = _("%(origin)s belongs to %(site)s: remove it there first.")
            raise FieldError("origins", words % {"origin": origin, "site": taken[origin]})
    return list(dict.fromkeys(found))


def _origin(text: str, *, plain: bool) -> str:
    try:
        return read_origin(text, plain=plain)
    except OperatorError as error:
        if text.startswith("http://"):
            words = _("%(origin)s is not https://: anybody on the way could pose as that site.")
        else:
            words = _("%(origin)s cannot be taken: write it like https://partner.org, in ASCII.")
        raise FieldError("origins", words % {"origin": text}) from error


def read_list_slugs(slugs: Sequence[str], lists: Iterable[List]) -> list[str]:
    """Return the newsletters that are ticked.

    Raises:
        FieldError: One of them is not there any more.
    """
    if not set(slugs) <= {one.slug for one in lists}:
        raise FieldError("list", _("One of these newsletters is not there any more."))
    return list(dict.fromkeys(slugs))
