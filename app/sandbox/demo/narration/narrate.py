"""Make the narration of every narrated demo article from its Markdown.

    python narrate.py         write <key>.mp3 beside this file

The article's body is read by the synthetic voice of espeak-ng, evened out by sox and
encoded by lame; all three programs must be on the path (on Debian:
apt-get install espeak-ng sox lame). The headline is not read, only the body.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARTICLES = HERE.parent / "articles" / "en"
PROGRAMS = ("espeak-ng", "sox", "lame")
VOICE = ("-v", "en-gb-x-rp", "-s", "152", "-p", "38", "-g", "2")
EVEN = ("gain", "-6", "highpass", "70", "norm", "-3", "pad", "0.3", "0.6")
# Names as an English voice must be told to say them.
SPOKEN = {
    "Bohdan Yurchyshyn": "Bohdahn Yoorchishin",
    "Yurchyshyn": "Yoorchishin",
    "Lukashova Balka": "Lookashova Balka",
}


def split(text: str) -> tuple[dict[str, object], str]:
    """The front matter and the body of an article file."""
    _, matter, body = text.split("+++\n", 2)
    return tomllib.loads(matter), body


def speech(body: str) -> str:
    """The body as a voice should read it: no marks, links as their text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", body)
    text = re.sub(r"^(#+|>|[-*]|\d+\.)\s+", "", text, flags=re.MULTILINE)
    text = re.sub(r"[*_`]", "", text)
    for written, said in SPOKEN.items():
        text = text.replace(written, said)
    return text.strip() + "\n"


def record(text: str, target: Path) -> None:
    """Speak the text into an MP3 file: mono, 22 kHz, 32 kbit/s."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spoken, evened = folder / "spoken.wav", folder / "evened.wav"
        run("espeak-ng", *VOICE, "-w", str(spoken), "--stdin", feed=text)
        run("sox", "-R", str(spoken), str(evened), *EVEN)
        run("lame", "--quiet", "-m", "m", "-b", "32", "--cbr", "-t", str(evened), str(target))


def run(*command: str, feed: str | None = None) -> None:
    """Run a program and stop when it fails."""
    subprocess.run(command, input=feed, text=True, check=True)


def main() -> int:
    """Record every article that says it is narrated."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        sys.stderr.write(f"not found: {', '.join(missing)}\n")
        return 1
    for path in sorted(ARTICLES.glob("*.md")):
        matter, body = split(path.read_text(encoding="utf-8"))
        if matter.get("narrated"):
            target = HERE / f"{matter['key']}.mp3"
            record(speech(body), target)
            sys.stdout.write(f"{target.name} {target.stat().st_size}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
