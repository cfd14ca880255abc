"""Likely slips in the domain of an address, and what was probably meant."""

from functools import lru_cache

# Those that most readers have: what a slip is measured against, and spared by caps per domain.
LARGE = (
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "yahoo.de",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "live.com",
    "icloud.com",
    "protonmail.com",
    "proton.me",
    "aol.com",
    "ukr.net",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "wp.pl",
    "seznam.cz",
)

# Real ones that stand close to one of the above: never a slip.
NEIGHBOURS = frozenset(
    """
    mail.com email.com ymail.com rocketmail.com gmx.com gmx.at gmx.ch gmx.us me.com mac.com msn.com
    live.co.uk live.fr live.nl live.de live.ca live.it hotmail.de hotmail.it hotmail.es hotmail.nl
    hotmail.be hotmail.ca hotmail.se outlook.de outlook.fr outlook.es outlook.it outlook.jp
    outlook.sk outlook.ie outlook.co outlook.com.br yahoo.ca yahoo.es yahoo.it yahoo.in yahoo.ie
    yahoo.gr yahoo.pl yahoo.ro yahoo.se yahoo.no yahoo.dk yahoo.at yahoo.be yahoo.nl yahoo.co.in
    yahoo.co.jp yahoo.com.au yahoo.com.br pm.me protonmail.ch aol.de aol.fr aol.it aol.co.uk i.ua
    meta.ua bigmir.net email.ua mail.ua ua.fm fm.ua wp.com wp.eu o2.pl op.pl onet.pl interia.pl
    seznam.sk email.cz centrum.cz post.cz free.fr sfr.fr laposte.net wanadoo.fr orange.es orange.pl
    orange.com web.com t-online.hu freenet.de posteo.de posteo.net mailbox.org tuta.com
    tutanota.com tuta.io fastmail.com fastmail.fm hey.com zoho.com zoho.eu inbox.lv inbox.lt
    mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com yandex.ua yandex.by ya.ru qq.com 163.com
    126.com naver.com daum.net btinternet.com sky.com virginmedia.com comcast.net verizon.net
    att.net bellsouth.net
    """.split()  # noqa: SIM905 - a hundred quoted names would be no easier to read
)

KNOWN = NEIGHBOURS | frozenset(LARGE)

# Top-level domains that do not exist and are close under the fingers to one that does.
ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "xom": "com",
    "comm": "com",
    "coom": "com",
    "ccom": "com",
    "cpm": "com",
    "clm": "com",
    "nett": "net",
    "ner": "net",
    "ogr": "org",
    "orgg": "org",
}
SLIPS = {
    "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.om": "gmail.com",
    "gmail": "gmail.com",
    "hotmail": "hotmail.com",
    "ukr.ua": "ukr.net",
    "ukrnet": "ukr.net",
    "ukr.net.ua": "ukr.net",
    "gmail.ua": "gmail.com",
    "gmail.ru": "gmail.com",
    "icloud.co": "icloud.com",
    "yahoo.co": "yahoo.com",
}
LONG_ENOUGH = 8


@lru_cache(maxsize=4096)
def suggested_domain(domain: str) -> str:
    """Return the domain that was probably meant, or an empty text.

    One slip of the finger (a letter missing, doubled, wrong, or two changed about) away from a
    large provider, or two if both begin alike. A real provider is never corrected.
    """
    if domain in KNOWN:
        return ""
    if domain in SLIPS:
        return SLIPS[domain]
    name, _, ending = domain.rpartition(".")
    mended = f"{name}.{ENDINGS[ending]}" if name and ending in ENDINGS else domain
    if mended in KNOWN:
        return mended
    near = _nearest(mended)
    return near or (mended if mended != domain else "")


def _nearest(domain: str) -> str:
    best, nearest = 3, ""
    for provider in LARGE:
        if abs(len(provider) - len(domain)) > 1:
            continue
        away = distance(domain, provider)
        if away < best and _is_a_slip(domain, provider, away):
            best, nearest = away, provider
    return nearest


def _is_a_slip(domain: str, provider: str, away: int) -> bool:
    if len(provider) < LONG_ENOUGH:  # the short ones have honest neighbours: letters swapped only
        return away == 1 and sorted(domain) == sorted(provider)
    same_ends = domain[0] == provider[0] and domain[-2:] == provider[-2:]
    return away == 1 or same_ends


def distance(one: str, other: str) -> int:
    """Return how many slips lie between two words (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            cost = min(
                last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != against)
            )
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
