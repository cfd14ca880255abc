"""No code that touches money knows of fractions: neither a float nor a way to get one.

A path is joined by `/` too: that is let through where a text or a name of a path shows it. So are
seconds to wait: they are no money.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("app/payments", "app/memberships", "app/sandbox/stripe")
CODE = sorted(
    [
        *ROOT.glob("app/core/money*.py"),
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")),
    ]
)

FRACTIONS = {
    *("float", "round", "complex", "truediv", "itruediv", "fsum", "fmean", "mean", "fdiv"),
    *("Float", "Double", "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "REAL"),
}
WAITS = {"sleep", "wait", "join"}
WAITED_FOR = {"timeout", "poll_interval"}
PATHS = ("path", "folder", "parent", "root", "here")


def fractions(source: str) -> set[str]:
    """Return each way to a fraction that there is in a source, with its line."""
    tree = ast.parse(source)
    seconds = {
        id(one) for node in ast.walk(tree) for one in waited(node) if isinstance(one, ast.Constant)
    }
    return {
        f"{getattr(node, 'lineno', 0)}: {name}"
        for node in ast.walk(tree)
        if id(node) not in seconds
        for name in fractions_in(node)
    }


def waited(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the seconds that are waited, where they are written down."""
    if isinstance(node, ast.Call):
        if name_of(node.func) in WAITS:
            yield from node.args
        yield from (word.value for word in node.keywords if word.arg in WAITED_FOR)
    elif isinstance(node, ast.Assign) and all(is_seconds(one) for one in node.targets):
        yield node.value


def is_seconds(target: ast.AST) -> bool:
    return name_of(target).lower().endswith("seconds")


def fractions_in(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=float() | complex()):
            yield "a float is written down"
        case ast.BinOp(op=ast.Div(), left=left, right=right) if not is_path(left, right):
            yield "a division"
        case ast.AugAssign(op=ast.Div(), target=target, value=value) if not is_path(target, value):
            yield "a division"
        case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
            yield "a power below 1"
        case ast.Name() | ast.Attribute() if name_of(node) in FRACTIONS:
            yield name_of(node)
        case ast.alias(name=name) if name.rpartition(".")[2] in FRACTIONS:
            yield name


def name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_path(left: ast.AST, right: ast.AST) -> bool:
    """Return whether `/` joins a path: a text stands beside it, or a name that says so."""
    if any(
        isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        for node in (left, right)
    ):
        return True
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div):
        return is_path(left.left, left.right)
    named = name_of(left.func) if isinstance(left, ast.Call) else name_of(left)
    return named.lower().endswith(PATHS)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_amount_can_become_a_fraction(path: Path) -> None:
    assert fractions(path.read_text()) == set()


def test_the_code_that_touches_money_is_looked_at() -> None:
    looked_at = {str(path.relative_to(ROOT)) for path in CODE}

    assert {"app/core/money.py", "app/core/money_text.py", "app/memberships/models.py"} <= looked_at
    assert all((ROOT / folder).is_dir() for folder in ("app/payments", "app/memberships"))


@pytest.mark.parametrize(
    "source",
    [
        "fee = amount * 0.015",
        "fee = amount * 15e-3",
        "fee = 2j",
        "shown = minor / 100",
        "minor /= 100",
        "minor //= 100 / 3",
        "minor = int(float(text) * 100)",
        "minors = map(float, texts)",
        "def pay(amount: float) -> None: ...",
        "minor = round(amount)",
        "minor = builtins.round(amount)",
        "amount = float(Decimal(text))",
        "amount = Decimal(text).__truediv__(3) if Decimal(0.1) else 0",
        "amount = minor * 10 ** -2",
        "from operator import truediv",
        "import operator\namount = operator.truediv(minor, 100)",
        "amount = math.fsum(parts)",
        "amount: Mapped[int] = mapped_column(Float)",
        "amount = mapped_column(sqlalchemy.REAL)",
        'said = f"{minor / 100:.2f}"',
        "sleep(0.5)\nminor = 0.5",
        "WAIT_SECONDS = minor = 0.5",
        "WAIT_SECONDS = minor / 2",
        "pay(amount=0.5, timeout=10)",
        "sleep(minor / 100)",
        "sleep(fee * 0.5)",
    ],
)
def test_the_check_finds_each_way_to_a_fraction(source: str) -> None:
    assert fractions(source)


@pytest.mark.parametrize(
    "source",
    [
        "amount = minor // 100",
        "whole, rest = divmod(minor, 100)",
        "minor = whole * 10**digits",
        'state = folder / "stripe.sqlite3"',
        'here = Path(__file__).parent / "templates" / name',
        "inner = self.folder / name",
        "inner = Path(name) / other",
        "time.sleep(0.05)",
        "woken.wait(0.5)",
        "thread.join(timeout=0.5)",
        "TIMEOUT_SECONDS = 10.0",
        'version = "1.5"  # 0.5',
    ],
)
def test_the_check_lets_whole_numbers_paths_and_waiting_through(source: str) -> None:
    assert fractions(source) == set()
