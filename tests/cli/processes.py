"""Processes that tests start: `flask serve` and `flask worker`, and what can be seen of them."""

import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

Process = subprocess.Popen[str]
Start = Callable[..., Process]


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def answer(port: int, path: str = "/readyz") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as got:
            return bool(got.status == 200)
    except OSError:
        return False


def page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as got:
        text: str = got.read().decode()
        return text
