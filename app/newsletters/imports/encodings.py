"""In which encoding a file of text is, found from its bytes.

Libraries that guess (charset-normalizer was tried) take a file with five Cyrillic letters for
Czech. A list of subscribers is nearly all ASCII, so what tells is where the other letters stand:
in words of their own they are Cyrillic, inside words of ASCII letters they are Latin.
"""

import re
from collections.abc import Iterable

ENCODINGS = ("utf-8-sig", "utf-16", "cp1251", "cp1252", "mac_roman")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HIGH = re.compile(b"[\x80-\xff]+")
_UTF8 = re.compile(
    b"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)  # RFC 3629, 4: near enough, to tell it from one byte a letter
_WORD = re.compile(b"[A-Za-z\x80-\xff]+")
_MOSTLY = 0.9
_SAMPLE = 262_144


class Encoding:
    """What has been seen of a file; feed it all of the bytes, piece by piece."""

    def __init__(self) -> None:
        self._start = b""
        self._zeros = [0, 0]
        self._size = 0
        self._high = 0
        self._good = 0
        self._sample = bytearray()
        self._carry = b""

    def feed(self, piece: bytes) -> None:
        """See the next piece of the file."""
        if not self._start:
            self._start = piece[:4]
        for place in (0, 1):
            self._zeros[(place + self._size) % 2] += piece[place::2].count(0)
        self._size += len(piece)
        if piece.isascii() and not self._carry:
            return
        whole = self._carry + piece
        cut = len(whole) - 3 if len(piece) > _SAMPLE // 8 else len(whole)
        seen, self._carry = whole[:cut], whole[cut:]
        self._high += sum(map(len, _HIGH.findall(seen)))
        self._good += sum(map(len, _UTF8.findall(seen)))
        if len(self._sample) < _SAMPLE:
            self._sample += _around(seen)

    def found(self) -> str | None:
        """Return the name of the encoding, or None for what is no text."""
        for bom, name in _BOMS:
            if self._start.startswith(bom):
                return name
        if any(self._zeros):
            return self._wide()
        if not self._high or self._good >= _MOSTLY * self._high:
            return "utf-8-sig"
        return _one_byte(bytes(self._sample))

    def _wide(self) -> str | None:
        """Return which half of each pair of bytes is zero, if so many are."""
        even, odd = self._zeros
        for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
            if zeros > self._size // 8 and others * 20 < zeros:
                return name
        few = even + odd < max(self._size // 1000, 16)
        return "utf-8-sig" if few else None


def _around(piece: bytes) -> bytes:
    """Return the lines of a piece that hold more than ASCII."""
    return b"\n".join(one for one in piece.splitlines() if not one.isascii())[:_SAMPLE]


def _one_byte(sample: bytes) -> str:
    words = [one for one in _WORD.findall(sample) if not one.isascii()]
    own = sum(_HIGH.fullmatch(one) is not None and len(one) > 1 for one in words)
    if own * 2 > len(words):
        return "cp1251"
    return "mac_roman" if _is_mac(words) else "cp1252"


def _is_mac(words: Iterable[bytes]) -> bool:
    """Tell whether letters stand where Windows has signs, as on an old Macintosh."""
    within = [byte for one in words for byte in one if byte > 127 and len(one) > 1]  # noqa: PLR2004 - beyond ASCII
    low = sum(byte < 0xA0 for byte in within)  # noqa: PLR2004 - the first letter of ISO 8859
    return low * 2 > len(within)
