"""Two texts beside each other, word by word: what went, what came, what stayed.

Paragraphs are aligned first and words within those that differ, so that a long body stays quick
and a moved comma does not tear a sentence to pieces.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
LIKE = 0.35
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph, and whether they stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of either text, or of both."""

    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing in it changed."""
        return all(piece.kind == SAME for piece in self.pieces)


def compared(before: str, after: str) -> list[Paragraph]:
    """Return the paragraphs of both texts in order, each with what changed in it."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.extend(Paragraph((Piece(SAME, text),)) for text in old[i:j])
        else:
            found.extend(_changed(old[i:j], new[k:m]))
    return found


def _paragraphs(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.rstrip() for line in lines if line.strip()]


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Pair what was rewritten with what it became; the rest went or came whole."""
    if len(old) == len(new) == 1:
        yield Paragraph(tuple(_words(old[0], new[0])))
        return
    waiting = list(old)
    for place, text in enumerate(new):
        match = next((i for i, other in enumerate(waiting) if _alike(other, text)), None)
        coming = new[place + 1 :]
        while waiting and match != 0 and not (match is None and _is_kept(waiting[0], coming)):
            yield Paragraph((Piece(GONE, waiting.pop(0)),))
            match = match - 1 if match is not None else None
        if match is None:
            yield Paragraph((Piece(NEW, text),))
        else:
            yield Paragraph(tuple(_words(waiting.pop(0), text)))
    for gone in waiting:
        yield Paragraph((Piece(GONE, gone),))


def _is_kept(text: str, coming: Sequence[str]) -> bool:
    return any(_alike(text, other) for other in coming)


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() >= LIKE


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for kind, i, j, k, m in _joined(SequenceMatcher(None, old, new, autojunk=False), old):
        if kind == "equal":
            yield Piece(SAME, "".join(old[i:j]))
            continue
        if i < j:
            yield Piece(GONE, "".join(old[i:j]))
        if k < m:
            yield Piece(NEW, "".join(new[k:m]))


Change = tuple[str, int, int, int, int]


def _joined(matcher: "SequenceMatcher[str]", old: Sequence[str]) -> list[Change]:
    """Return the changes, those with but a space between them as one: easier to read."""
    found: list[Change] = []
    for change in matcher.get_opcodes():
        kind, _i, j, _k, m = change
        is_space = kind == "equal" and not "".join(old[change[1] : j]).strip()
        if found and found[-1][0] == "replace" and (is_space or kind != "equal"):
            found[-1] = ("replace", found[-1][1], j, found[-1][3], m)
        else:
            found.append(change)
    return found
