"""The house holds its shape: sizes, templates, settings, imports of outsiders."""

import ast
import os
import re
import subprocess
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from app.core.settings import Settings

ROOT = Path(__file__).parents[2]
CODE = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "wsgi.py"])
LONGEST = 400

OUTSIDERS = {
    "dbos": "app/core/jobs.py",
    "smtplib": "app/mail/smtp.py",
    "stripe": "app/payments/stripe_*.py",
    "nh3": "app/articles/markdown.py",
    "cryptography": "app/mail/certificates.py",
}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_no_file_is_named_for_what_does_not_fit_elsewhere(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "part2"}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(("package", "owner"), OUTSIDERS.items())
def test_one_module_speaks_to_each_outsider(package: str, owner: str) -> None:
    speakers = {relative(path) for path in ROOT.glob("app/**/*.py") if package in imported(path)}

    assert speakers
    assert {path for path in speakers if not fnmatch(path, owner)} == set()


TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n"], autoescape=True
)


@pytest.mark.parametrize("name", TEMPLATES.list_templates())
def test_a_template_parses(name: str) -> None:
    TEMPLATES.get_template(name)


@pytest.mark.parametrize(
    "name", [name for name in TEMPLATES.list_templates() if "mail/" not in name]
)
def test_a_page_holds_no_style_and_no_script_of_its_own(name: str) -> None:
    source = (ROOT / "templates" / name).read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source)
    scripts = re.findall(r"<script[^>]*>", source)
    assert all("src=" in tag or "application/ld+json" in tag for tag in scripts)


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
