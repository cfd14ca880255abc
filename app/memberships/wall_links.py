"""Whether a name leads away: `example.org` does, `J. R. R. Smith` does not.

A name is judged as a browser reads it when it is copied there: full-width letters are letters,
the full stops of other scripts are dots (UTS 46, 4), and upper case says nothing. Only where
that leaves a doubt does it matter how a name is written: `St.Clair` begins with a capital.
"""

import re
import unicodedata

_DOTS = str.maketrans(dict.fromkeys("\u06d4\u2024\u3002\ua4f8\ufe52\uff0e\uff61", "."))
_SCHEMES = re.compile(r"://|www ?\.|@|\bhttps?\b")
_DOTTED = re.compile(r"(?P<head>[^\s.]+)(?P<before> ?)\.(?P<after> ?)(?=(?P<tail>\w{2,}))")
_BEST_KNOWN = frozenset({"com", "net", "org"})
_COMMON = _BEST_KNOWN | frozenset(
    """
    app biz blog click club dev edu gov info link mobi name online pro shop site store tech top
    world xyz онлайн орг рф сайт укр
    """.split()  # noqa: SIM905 - as the offices of addresses are written
)
_COUNTRY = 2  # letters of a country's domain
_SHORTENED = 2  # letters that are left of a word or a name: `St.`, `Dr.`, `Ю.`


def leads_away(name: str) -> bool:
    """Tell whether a cleaned name holds an address, or what reads like one."""
    judged = unicodedata.normalize("NFKC", name.translate(_DOTS)).translate(_DOTS)
    judged = " ".join(judged.split())
    if _SCHEMES.search(judged.casefold()):
        return True
    return any(_is_address(**found.groupdict()) for found in _DOTTED.finditer(judged))


def _is_address(head: str, before: str, after: str, tail: str) -> bool:
    """Tell whether two words with a dot between them are an address.

    After a dot and a space a name goes on (`Mrs. Link`, `J. de Vries`), unless as no name does.
    """
    folded = tail.casefold()
    if after and not before:
        return folded in _BEST_KNOWN or (folded in _COMMON and tail.islower())
    if folded in _COMMON:
        return True
    if tail.isdigit():
        return False
    return _is_country(head, tail) or _goes_on_small(head, tail)


def _is_country(head: str, tail: str) -> bool:
    return len(tail) == _COUNTRY and len(head) > _SHORTENED


def _goes_on_small(head: str, tail: str) -> bool:
    """Tell whether no capital begins the second word; after initials, a script may have none."""
    is_capitalised = tail[0].isupper() and tail[1].islower()
    has_cases = tail.lower() != tail.upper()
    return not is_capitalised and (has_cases or len(head) > 1)
