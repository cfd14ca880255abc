"""Write requirements/*.lock from pyproject.toml, or say (`--check`) that they are behind it.

The locks hold names, versions, markers and hashes for Python 3.11 to 3.14 at once, and no address
of an index, so that they work behind any mirror.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
GROUPS: dict[str, list[str]] = {"run": [], "dev": ["--group", "dev"]}
OPTIONS = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]


def compiled(name: str, *, upgrade: bool) -> str:
    """Return a lock as it should read; versions locked before stay unless upgraded."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.lock"
        kept = ROOT / f"requirements/{name}.lock"
        if kept.exists() and not upgrade:
            shutil.copy(kept, output)
        subprocess.run(
            [UV, "pip", "compile", *OPTIONS, "pyproject.toml", *GROUPS[name], "-o", output],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "UV_SYSTEM_CERTS": "1"},
        )  # fmt: skip
        return output.read_text()


def main() -> None:
    """Write both locks, or compare them."""
    check = "--check" in sys.argv
    for name in GROUPS:
        path = ROOT / f"requirements/{name}.lock"
        fresh = compiled(name, upgrade="--upgrade" in sys.argv)
        if not check:
            path.write_text(fresh)
        elif not path.exists() or path.read_text() != fresh:
            sys.exit(f"{path.relative_to(ROOT)} is behind pyproject.toml: run `make lock`.")


if __name__ == "__main__":
    main()
