"""What a person's story says of deeds and mails: words, never the codes that the rows keep."""

import ast
from itertools import product
from pathlib import Path

from app.desk.people.words import DEEDS, MAILS
from app.memberships.orders import ordering
from app.memberships.orders.models import REFUND

ROOT = Path(__file__).parents[3]
SAID_IN_FULL = {"mail.resent"}
"""Deeds that are told with what they were about."""


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def first_words(folder: str, function: str) -> set[str]:
    """Return what calls of a function begin with, those whose third thing is said."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / folder).rglob("*.py")]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    ours = [one for one in calls if getattr(one.func, "id", "") == function]
    begun = [one.args[0] for one in ours if len(one.args) > 2 and not is_none(one.args[2])]
    return {str(one.value) for one in begun if isinstance(one, ast.Constant)}


def test_everything_that_the_log_says_of_a_person_has_its_words() -> None:
    of_a_person = first_words("app", "Deed")
    own = {f"staff.{one}" for one in first_words("app/desk/door", "changed")}
    kinds = (REFUND, ordering.CANCEL, ordering.END, ordering.UNDO, ordering.PAUSE, ordering.RESUME)
    ends = product(kinds, (ordering.REFUSED, ordering.OVERTAKEN, ordering.LAPSED))

    assert min(len(of_a_person), len(own)) > 5
    named = of_a_person | own | {f"{kind}.{end}" for kind, end in ends} | {"staff.codes.made"}
    assert sorted(named - DEEDS.keys() - SAID_IN_FULL) == []


def test_every_mail_that_is_sent_has_its_words() -> None:
    letters = {path.stem for path in (ROOT / "templates/mail").glob("*.txt")}

    assert len(letters) > 20
    assert sorted(letters - MAILS.keys()) == []
