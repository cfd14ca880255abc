"""Imports point down only, between features and inside them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FEATURES = ("mail", "people", "articles", "newsletters", "memberships", "goal")
THIN = {"views", "forms", "jobs"}
BINDING = {"web"}  # where a feature's split views are bound to the application
ENDINGS = ("_views", "_web")


def test_the_contracts_hold() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout


def imports_of(path: Path) -> set[str]:
    """Return the full names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


@pytest.mark.parametrize("feature", FEATURES)
def test_in_a_feature_nothing_imports_its_views_forms_or_jobs(feature: str) -> None:
    modules = set((ROOT / "app" / feature).rglob("*.py"))
    thin = {one for one in modules if one.stem in THIN | BINDING or one.stem.endswith(ENDINGS)}
    above = {".".join(one.relative_to(ROOT).with_suffix("").parts) for one in thin}

    assert {path.name for path in modules - thin if imports_of(path) & above} == set()


@pytest.mark.parametrize("feature", FEATURES)
def test_in_a_feature_models_import_nothing_of_it(feature: str) -> None:
    found = imports_of(ROOT / "app" / feature / "models.py")

    assert {name for name in found if name.startswith(f"app.{feature}.")} == set()


def test_core_knows_no_feature() -> None:
    features = tuple(f"app.{name}." for name in (*FEATURES, "site", "desk", "payments", "sandbox"))
    for path in (ROOT / "app/core").glob("*.py"):
        assert not [name for name in imports_of(path) if name.startswith(features)], path.name


def test_the_sandbox_is_known_to_commands_alone() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        inside = path.relative_to(ROOT / "app").parts[0]
        if inside not in {"sandbox", "cli", "cli.py"}:
            assert not [name for name in imports_of(path) if name.startswith("app.sandbox")], path
