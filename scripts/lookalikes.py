"""Write app/mail/lookalikes.txt: letters that look like those of ASCII, after Unicode's own table.

    python scripts/lookalikes.py CONFUSABLES_JSON

The file is `confusable_homoglyphs/confusables.json` out of the package confusable-homoglyphs,
which is Unicode's confusables.txt (https://www.unicode.org/reports/tr39/) as JSON. Kept are the
letters and digits that stay what they are when they are case folded and brought to NFKC, and that
look like letters or digits of ASCII; of a capital, its small letter, if that has no likeness.
"""

import argparse
import json
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[1] / "app" / "mail" / "lookalikes.txt"
PLAIN = re.compile(r"[A-Za-z0-9]+")


def folded(text: str) -> str:
    """Return a text as addresses compare."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def likenesses(table: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    """Return, by sign, what it looks like."""
    found: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for sign, others in table.items():
        alike = sorted(one["c"].lower() for one in others if PLAIN.fullmatch(one["c"]))
        small = folded(sign)
        if len(small) != 1 or small.isascii() or not small.isalnum() or not alike:
            continue
        (found if small == sign else capitals)[small] = alike[0]
    return capitals | found


def main() -> None:
    """Write the table, a line for each letter of ASCII."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    table = json.loads(parser.parse_args().table.read_text(encoding="utf-8"))
    lines: dict[str, list[str]] = defaultdict(list)
    for sign, plain in likenesses(table).items():
        lines[plain].append(sign)
    text = "".join(f"{plain} {''.join(sorted(signs))}\n" for plain, signs in sorted(lines.items()))
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
