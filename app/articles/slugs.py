"""Addresses made from headlines: Ukrainian in Latin letters, as the state writes names."""

import re
import unicodedata

LONGEST = 80
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile(r"['’ʼ`]")

# Resolution 55 of the Cabinet of Ministers of Ukraine, 27 January 2010.
_SPELLED = """а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i ї=i й=i к=k л=l м=m н=n о=o п=p
р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=iu я=ia ё=e ъ= ы=y э=e"""
_LETTERS: dict[str, str] = dict(re.findall(r"(\w)=(\w*)", _SPELLED))
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_WITHOUT_MARKS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"})


def slug_of(text: str, longest: int = LONGEST) -> str:
    """Return an address for a headline, cut between two words; empty where nothing is left."""
    words = _APOSTROPHES.sub("", text.lower()).split()
    plain = "-".join(_latin(word) for word in words)
    slug = _NOT_PLAIN.sub("-", plain).strip("-")
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def _latin(word: str) -> str:
    word = word.replace("зг", "zgh")
    spelled = "".join(
        (_FIRST if first else _LETTERS).get(sign, _LETTERS.get(sign, sign))
        for first, sign in (
            (not word[:index].strip('«"„“(—-'), sign) for index, sign in enumerate(word)
        )
    )
    folded = unicodedata.normalize("NFKD", spelled.translate(_WITHOUT_MARKS))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))
