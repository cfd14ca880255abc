"""Make `.venv` from a lock: with uv where it is found, else with the uv that pip brings.

Runs under any Python of 3.11 or newer with nothing installed. What is already there and matches
the lock is left alone, so the second call costs a few milliseconds. Never downloads a Python.
"""

import compileall
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "locked"
LOCKS = {"run": ROOT / "requirements/run.lock", "dev": ROOT / "requirements/dev.lock"}


def fingerprint(kind: str) -> str:
    """Return what the environment must carry to be that of a lock: names, hashes, interpreter."""
    seen = LOCKS[kind].read_bytes() + sys.version.encode() + str(ROOT).encode()
    return f"{kind} {hashlib.sha256(seen).hexdigest()}"


def is_ready(kind: str) -> bool:
    """Tell whether `.venv` holds the lock; that of development holds the other as well."""
    if not PYTHON.exists() or not STAMP.is_file():
        return False
    return STAMP.read_text() in {fingerprint(kind), fingerprint("dev")}


def run(*command: str | Path) -> None:
    """Run a step; if it fails, say which and end."""
    quiet = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    quiet["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    quiet.setdefault("UV_SYSTEM_CERTS", "1")  # as pip and curl do: a mirror may have its own root
    quiet.pop("VIRTUAL_ENV", None)
    if subprocess.run([str(part) for part in command], env=quiet, check=False).returncode:
        sys.exit(f"Setting up .venv failed at: {' '.join(str(part) for part in command[:4])} ...")


def locked_uv() -> str:
    """Return the lines of the lock that pin uv with its hashes."""
    found = re.search(
        r"^uv==.*?(?=^\S)", LOCKS["dev"].read_text() + "\nend", re.MULTILINE | re.DOTALL
    )
    if found is None:
        sys.exit("requirements/dev.lock does not pin uv: run `make lock`.")
    return "\n".join(line for line in found.group().splitlines() if "# via" not in line)


def bring_uv() -> Path:
    """Make `.venv` with the standard library and install the locked uv into it."""
    print("uv is not on PATH: pip brings it.", flush=True)
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian splits it off
    except ImportError:
        sys.exit("Python's venv module is incomplete: install python3-venv, or uv.")
    run(sys.executable, "-m", "venv", "--clear", VENV)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(locked_uv())
        pinned.flush()
        run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", pinned.name)
    kept = VENV / "uv"
    shutil.copy2(VENV / "bin" / "uv", kept)
    return kept


def install(kind: str) -> None:
    """Bring `.venv` to the lock and compile every module once."""
    print(f"Setting up .venv from {LOCKS[kind].relative_to(ROOT)} ...", flush=True)
    found = shutil.which("uv")
    if found is None:
        kept = VENV / "uv"
        uv = kept if kept.exists() and PYTHON.exists() else bring_uv()
    else:
        uv = Path(found)
        if not PYTHON.exists() or not STAMP.exists():
            run(uv, "venv", "-q", "--clear", "--python", sys.executable, VENV)
    STAMP.unlink(missing_ok=True)
    run(uv, "pip", "sync", "-q", "--require-hashes", "--compile-bytecode",
        "--python", PYTHON, LOCKS[kind])  # fmt: skip
    STAMP.write_text(fingerprint(kind))


def main() -> None:
    """Set up what `run` or `dev` needs, once, however many ask at the same time."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        lock = (ROOT / ".venv.lock").open("w")
    except OSError as refused:
        sys.exit(f"{ROOT} cannot be written ({refused.strerror}): clone it where you may write.")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready(kind):
            install(kind)
    # Machines that forbid writing bytecode on import would compile our modules at each start.
    compileall.compile_dir(ROOT / "app", quiet=2)


if __name__ == "__main__":
    main()
