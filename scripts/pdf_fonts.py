"""Make the fonts of our PDF files out of the site's own: one file for both alphabets.

    python scripts/pdf_fonts.py app/static/fonts app/memberships/account/fonts

What reads them knows neither WOFF2 nor several files for one font. Needs `fonttools` and `brotli`.
"""

import argparse
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = {"regular": 400, "bold": 700}
PARTS = ("source-sans-3-latin", "source-sans-3-cyrillic")


def cut(source: Path, weight: int, target: Path) -> Path:
    """Write one weight of a variable font, without what only a browser would use."""
    font = TTFont(source)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    for table in ("GSUB", "GPOS", "GDEF", "STAT", "HVAR", "MVAR", "DSIG"):
        if table in font:
            del font[table]
    font.save(target)
    return target


def make(fonts: Path, target: Path) -> None:
    """Write every weight, both alphabets in one file."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, weight in WEIGHTS.items():
            parts = [
                cut(next(fonts.glob(f"{part}.*.woff2")), weight, Path(folder) / f"{part}.ttf")
                for part in PARTS
            ]
            merged = Merger().merge([str(part) for part in parts])
            merged.save(target / f"source-sans-3-{name}.ttf")


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("fonts", type=Path)
    reader.add_argument("target", type=Path)
    asked = reader.parse_args()
    make(asked.fonts, asked.target)
