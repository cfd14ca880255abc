"""The house holds its shape: sizes, templates, settings, imports of outsiders."""

import ast
import os
import re
import subprocess
from dataclasses import fields
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from app.core.settings import Settings

ROOT = Path(__file__).parents[2]
CODE = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "wsgi.py"])
LONGEST = 400

OUTSIDERS = {
    "dbos": {"app/core/jobs.py"},
    "smtplib": {"app/mail/smtp.py"},
    "stripe": {"app/payments/stripe_*.py"},
    "nh3": {"app/articles/markdown.py"},
    "cryptography": {"app/mail/certificates.py", "app/core/sealing.py"},
    "webauthn": {"app/people/passkeys.py"},
    "pyotp": {"app/people/totp.py"},
    "segno": {"app/people/qr_pictures.py"},
}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_400_lines() -> None:
    long = {relative(path) for path in CODE if len(path.read_text().splitlines()) > LONGEST}

    assert CODE
    assert long == set()


def test_no_file_is_named_for_what_does_not_fit_elsewhere() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "part2"}

    assert {relative(path) for path in CODE if path.stem in vague} == set()


@cache
def imported(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


@pytest.mark.parametrize(("package", "owners"), OUTSIDERS.items())
def test_one_module_speaks_to_each_outsider(package: str, owners: set[str]) -> None:
    speakers = {relative(path) for path in ROOT.glob("app/**/*.py") if package in imported(path)}

    assert speakers
    assert {path for path in speakers if not any(fnmatch(path, one) for one in owners)} == set()


TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n"], autoescape=True
)


def test_every_template_parses() -> None:
    assert [TEMPLATES.get_template(name) for name in TEMPLATES.list_templates()]


def holds_its_own(source: str) -> bool:
    """Tell whether a page has style or script within itself."""
    if re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source):
        return True
    scripts = re.findall(r"<script[^>]*>", source)
    return not all("src=" in tag or "application/ld+json" in tag for tag in scripts)


def test_a_page_holds_no_style_and_no_script_of_its_own() -> None:
    pages = [name for name in TEMPLATES.list_templates() if "mail/" not in name]

    assert pages
    assert [one for one in pages if holds_its_own((ROOT / "templates" / one).read_text())] == []


@pytest.mark.parametrize(
    "source",
    ["<p style='x'>", "<style>", '<a onclick="x()">', "<a href='javascript:x'>", "<script>x()"],
)
def test_one_that_does_is_found(source: str) -> None:
    assert holds_its_own(source)


def settings_table() -> dict[str, tuple[str, str]]:
    rows = re.findall(
        r"^\| `(UNWALLED_\w+)` \| (.*?) \| (.*?) \|$",
        (ROOT / "docs/operate.md").read_text(),
        re.MULTILINE,
    )
    return {name: (default, meaning) for name, default, meaning in rows}


def test_the_table_of_settings_is_that_of_the_code() -> None:
    code = {}
    for one in fields(Settings):
        default = one.metadata["default"]
        shown = "required" if default is None else f"`{default}`" if default else "empty"
        code[one.metadata["name"]] = (shown, one.metadata["meaning"])

    assert settings_table() == code


def test_the_project_speaks_of_itself_alone() -> None:
    words = re.compile(r"/work/|/root/|pypi\.org|npmjs\.org|files\.pythonhosted", re.IGNORECASE)
    ours = (path for path in ROOT.glob("*") if path.is_file() and path.name != ".git")
    texts = [path for path in ours if path.suffix != ".sqlite3"]
    for folder in (
        "app",
        "benchmarks",
        "docs",
        "migrations",
        "requirements",
        "scripts",
        "templates",
    ):
        texts += [path for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS]

    found = [relative(path) for path in texts if words.search(path.read_text(errors="ignore"))]

    assert found == []


TEXTS = {".py", ".md", ".html", ".txt", ".css", ".js", ".toml", ".lock", ".po", ".sh", ".svg"}


@pytest.mark.parametrize("target", ["run", "test", "soak"])
def test_a_signal_to_make_reaches_what_it_runs(target: str) -> None:
    ours = {name: one for name, one in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run(
        ["make", "-n", target], cwd=ROOT, env=ours, capture_output=True, text=True, check=True
    ).stdout

    assert said.splitlines()[-1].startswith("exec "), "a shell in between would keep the signal"
