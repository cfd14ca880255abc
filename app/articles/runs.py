"""Words with their emphasis, written as Markdown that means the same."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

SIGNS = {"strong": "**", "em": "*", "s": "~~"}
SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
AT_START = re.compile(r"^(\s*)([#+-](?=\s)|>|\d+(?=[.)]\s))", re.MULTILINE)
IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"}


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one paragraph that share emphasis and link."""

    text: str
    marks: frozenset[str]
    href: str


def inline(runs: Iterable[Run], *, plain: bool = False) -> str:
    """Return the Markdown of a paragraph; `plain` drops emphasis, as headings want it."""
    parts = []
    for href, group in groupby(_joined(runs, plain=plain), key=lambda run: run.href):
        text = "".join(_emphasised(run) for run in group)
        parts.append(_linked(text, href) if href else text)
    lines = (" ".join(line.split()) for line in "".join(parts).strip().split("\n"))
    return AT_START.sub(_escaped_start, "\n".join(lines).strip("\n"))


def _joined(runs: Iterable[Run], *, plain: bool) -> Iterator[Run]:
    """Join what a word processor cut apart; a space alone takes on its neighbour's emphasis."""
    waiting: Run | None = None
    for run in runs:
        marks = frozenset() if plain else run.marks
        if waiting is not None and waiting.href == run.href and _fits(waiting, run, marks):
            waiting = Run(waiting.text + run.text, waiting.marks, run.href)
            continue
        if waiting is not None:
            yield waiting
        waiting = Run(run.text, marks, run.href)
    if waiting is not None:
        yield waiting


def _fits(waiting: Run, run: Run, marks: frozenset[str]) -> bool:
    if waiting.marks == marks:
        return True
    if "\n" in run.text or "\n" in waiting.text:
        return False
    # A comma in italics within bold words is nobody's meaning.
    return not run.text.strip() or bool(marks and not any(map(str.isalnum, run.text)))


def _emphasised(run: Run) -> str:
    core = run.text.strip()
    if not core:
        return run.text
    before, _, after = run.text.partition(core)
    if "code" in run.marks:
        return f"{before}`{core.replace('`', '')}`{after}"
    signs = "".join(SIGNS[mark] for mark in ("strong", "em", "s") if mark in run.marks)
    text = SPECIAL.sub(r"\\\1", core)
    closing = "".join(SIGNS[mark] for mark in ("s", "em", "strong") if mark in run.marks)
    return f"{before}{signs}{text}{closing}{after}"


def _linked(text: str, href: str) -> str:
    core = text.strip()
    if not core:
        return text
    before, _, after = text.partition(core)
    address = "".join(IN_ADDRESS.get(sign, sign) for sign in href)
    return f"{before}[{core}]({address}){after}"


def _escaped_start(match: re.Match[str]) -> str:
    """Keep the beginning of a paragraph from meaning a heading, a list or a quote."""
    space, sign = match[1], match[2]
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
