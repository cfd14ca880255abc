"""The text of our PDF files, page by page, as a reader's program finds it."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
TO_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
MAPPED = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>")
SAID = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|(ET)", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
NAMES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def pages_of(file: bytes) -> list[str]:
    """Return the text of each page, a line for each piece of it."""
    objects = dict(OBJECT.findall(file))
    streams = {number: _stream(body) for number, body in objects.items() if b"stream" in body}
    fonts = {
        name: _signs(streams[maps[1]])
        for name, number in FONT.findall(file)
        if (maps := TO_UNICODE.search(objects[number]))
    }
    return [_text(one, fonts) for one in streams.values() if b" Tj" in one]


def lines_of(file: bytes) -> list[str]:
    """Return what a file says, line by line."""
    return [line for page in pages_of(file) for line in page.splitlines() if line]


def _stream(body: bytes) -> bytes:
    head, _mark, rest = body.partition(b"stream\n")
    content = rest.removesuffix(b"\nendstream")
    return zlib.decompress(content) if b"FlateDecode" in head else content


def _signs(cmap: bytes) -> dict[int, str]:
    """Return the signs of a font's codes; both spaces are one sign to it."""
    signs = {int(code, 16): chr(int(sign, 16)) for code, sign in MAPPED.findall(cmap)}
    return {code: " " if sign.isspace() else sign for code, sign in signs.items()}


def _text(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    signs: dict[int, str] = {}
    said: list[str] = []
    for font, codes, end in SAID.findall(content):
        if font:
            signs = fonts[font]
        elif end:
            said.append("\n")
        else:
            raw = ESCAPED.sub(lambda one: NAMES.get(one[1], one[1]), codes)
            said += [signs[int.from_bytes(raw[at : at + 2])] for at in range(0, len(raw), 2)]
    return "".join(said)
