"""Make our subsets of the two typefaces; see fonts.md beside this file.

    python scripts/fonts.py PIAZZOLLA_FOLDER SOURCE_SANS_FOLDER app/static/fonts

The folders are the unpacked npm packages. Every file is named after its content, so
that it may be cached for ever; the names, and the numbers for the stand-in fonts, are
printed for `site.css` and `base.html`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fontTools.varLib.hvar import add_HVAR

MARKS = "\u00a0\u00ad‘’‚“”„–—…·•«»‹›′″€₴№×−"
LATIN = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "¡£§©°¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
)
NEIGHBOURS = (
    "ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŹźŻżŽžȘșȚț"
)
UKRAINIAN = "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯабвгґдеєжзиіїйклмнопрстуфхцчшщьюяЁЪЫЭёъыэʼ\u0301"
OWN_NAME = "Українська"  # The link to the other language must not cost a second file.
FEATURES = ["kern", "mark", "mkmk", "liga", "locl", "ccmp", "pnum", "tnum"]
REFERENCE = (
    "The count is read again each night, and the number stands on every page as it was found."
)


@dataclass(frozen=True)
class Face:
    """One file to make: a style of a family in one script."""

    family: str
    script: str
    style: str
    weights: tuple[int, int]

    @property
    def stem(self) -> str:
        """File name without hash and ending."""
        slope = "" if self.style == "normal" else "-italic"
        return f"{self.family}-{self.script}{slope}"


FACES = [
    Face("piazzolla", "latin", "normal", (400, 800)),
    Face("piazzolla", "latin", "italic", (400, 700)),
    Face("piazzolla", "cyrillic", "normal", (400, 800)),
    Face("piazzolla", "cyrillic", "italic", (400, 700)),
    Face("source-sans-3", "latin", "normal", (400, 700)),
    Face("source-sans-3", "cyrillic", "normal", (400, 700)),
]


def source(folder: Path, face: Face, script: str) -> TTFont:
    """Open the file of a family's script as npm has it."""
    path = folder / "files" / f"{face.family}-{script}-wght-{face.style}.woff2"
    font = TTFont(path, lazy=False)
    font.ensureDecompiled()
    return font


def graft(font: TTFont, donor: TTFont, characters: Iterable[str]) -> None:
    """Add characters of one variable font to another of the same design.

    Both must have the same axes. Accented letters take the kerning of their base.
    """
    known, offered = font.getBestCmap(), donor.getBestCmap()
    for character in characters:
        code = ord(character)
        if code in known or code not in offered:
            continue
        name = offered[code]
        for glyph in closure(donor, name):
            copy_glyph(font, donor, glyph)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name
        kern_like(font, name, base_of(donor, name))


def closure(font: TTFont, name: str) -> Iterator[str]:
    """A glyph and all that it is composed of, parts first."""
    glyph = font["glyf"][name]
    if glyph.isComposite():
        for part in glyph.getComponentNames(font["glyf"]):
            yield from closure(font, part)
    yield name


def copy_glyph(font: TTFont, donor: TTFont, name: str) -> None:
    """Copy outline, widths and variations unless the font has this glyph."""
    if name in font["glyf"].glyphs:
        return
    font["glyf"][name] = donor["glyf"][name]
    font["hmtx"][name] = donor["hmtx"][name]
    font["gvar"].variations[name] = donor["gvar"].variations.get(name, [])
    font.setGlyphOrder(list(dict.fromkeys([*font.getGlyphOrder(), name])))
    font["glyf"].glyphOrder = font.getGlyphOrder()


def base_of(font: TTFont, name: str) -> str | None:
    """The letter under the accent, when the glyph is drawn that way."""
    glyph = font["glyf"][name]
    return glyph.getComponentNames(font["glyf"])[0] if glyph.isComposite() else None


def kern_like(font: TTFont, name: str, base: str | None) -> None:
    """Put a new glyph into every kerning class of its base letter."""
    if base is None or "GPOS" not in font:
        return
    for table in pair_tables(font):
        if base in table.Coverage.glyphs and name not in table.Coverage.glyphs:
            table.Coverage.glyphs.append(name)
            table.Coverage.glyphs.sort(key=font.getGlyphID)
        for classes in (table.ClassDef1.classDefs, table.ClassDef2.classDefs):
            if base in classes:
                classes[name] = classes[base]


def pair_tables(font: TTFont) -> Iterator[Any]:
    """The class-based kerning subtables."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            inner = getattr(table, "ExtSubTable", table)
            if inner.LookupType == 2 and inner.Format == 2:  # noqa: PLR2004 - the format's own numbers
                yield inner


def cut(font: TTFont, characters: str, weights: tuple[int, int]) -> TTFont:
    """Keep these characters, our features and this span of weights."""
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(character) for character in characters])
    cutter.subset(font)
    return instancer.instantiateVariableFont(font, {"wght": weights})


def make(folder: Path, face: Face) -> TTFont:
    """Build one face from its package."""
    font = source(folder, face, face.script)
    if face.script == "cyrillic":
        return cut(font, UKRAINIAN, face.weights)
    del font["HVAR"]
    graft(font, source(folder, face, "latin-ext"), NEIGHBOURS + MARKS)
    extra = OWN_NAME if face.family == "source-sans-3" else ""
    graft(font, source(folder, face, "cyrillic"), "№" + extra)
    font = cut(font, LATIN + NEIGHBOURS + MARKS + extra, face.weights)
    add_HVAR(font)
    return font


def write(font: TTFont, target: Path, stem: str) -> Path:
    """Save as WOFF2 under a name that carries the content's hash."""
    font.flavor = "woff2"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    buffer = io.BytesIO()
    font.save(buffer)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()[:8]
    for old in target.glob(f"{stem}.????????.woff2"):
        old.unlink()
    path = target / f"{stem}.{digest}.woff2"
    path.write_bytes(buffer.getvalue())
    return path


def mean_width(font: TTFont, text: str) -> float:
    """Mean advance of a text at the default weight, in ems."""
    cmap, widths = font.getBestCmap(), font["hmtx"]
    whole: float = sum(widths[cmap[ord(c)]][0] for c in text)
    return whole / len(text) / float(font["head"].unitsPerEm)


def stand_in(font: TTFont, fallback: TTFont) -> str:
    """The descriptors that give a system font the measures of ours."""
    ratio = mean_width(font, REFERENCE) / mean_width(fallback, REFERENCE)
    em, line = font["head"].unitsPerEm, font["hhea"]
    return (
        f"size-adjust:{ratio:.2%};ascent-override:{line.ascent / em / ratio:.2%};"
        f"descent-override:{-line.descent / em / ratio:.2%};line-gap-override:0%"
    )


def main() -> None:
    """Read the folders from the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piazzolla", type=Path)
    parser.add_argument("source_sans", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--stand-in", type=Path, action="append", default=[])
    arguments = parser.parse_args()
    folders = {"piazzolla": arguments.piazzolla, "source-sans-3": arguments.source_sans}
    arguments.target.mkdir(parents=True, exist_ok=True)
    for family, folder in folders.items():
        shutil.copyfile(folder / "LICENSE", arguments.target / f"{family}-OFL.txt")
    for face in FACES:
        font = make(folders[face.family], face)
        path = write(font, arguments.target, face.stem)
        sys.stdout.write(f"{path.stat().st_size:>7} {path.name}\n")
        for fallback in arguments.stand_in:
            if face.script == "latin" and face.style == "normal":
                sys.stdout.write(f"        {fallback.stem}: {stand_in(font, TTFont(fallback))}\n")


if __name__ == "__main__":
    main()
