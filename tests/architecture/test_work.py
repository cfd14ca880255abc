"""Everything that waits is worked on: each table of work has a lane, each name a handler."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.core.leases import Leased
from app.core.orm import Base
from app.tables import metadata
from app.wiring import WORK

ROOT = Path(__file__).parents[2]
LANE_OF = {
    "signup_request": "signups",
    "outgoing_mail": "mail",
    "job": None,
    "dirty_key": "payments",
    "sign_in": "sign-ins",
    "mail_event": "mail-events",
    "settings_link": "settings-links",
    "address_change": "address-changes",
    "webhook_delivery": "webhooks",
    "staff_order": "orders",
}


def named_in_calls(function: str, at: int) -> Iterator[str]:
    """Yield the words that the code hands to a function at one place."""
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) <= at:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            word = node.args[at]
            if (
                called == function
                and isinstance(word, ast.Constant)
                and isinstance(word.value, str)
            ):
                yield word.value


def test_every_lane_that_is_rung_is_wired() -> None:
    lanes = {lane.name for lane in WORK.lanes}

    assert set(named_in_calls("ring", 1)) <= lanes
    assert lanes >= {"signups", "mail", "mail-lists"}


def test_every_job_that_is_enqueued_has_a_handler() -> None:
    assert set(named_in_calls("enqueue", 1)) <= {job.name for job in WORK.jobs}


def test_every_table_of_work_has_a_lane() -> None:
    ours = [one for one in Base.registry.mappers if issubclass(one.class_, Leased)]
    tables = {str(one.local_table) for one in ours} & set(metadata.tables)
    lanes = {lane.name for lane in WORK.lanes}

    assert tables == set(LANE_OF)
    assert {lane for lane in LANE_OF.values() if lane} <= lanes


def test_names_of_lanes_jobs_and_crons_are_unique() -> None:
    for group in (WORK.lanes, WORK.jobs, WORK.crons):
        names = [one.name for one in group]
        assert len(names) == len(set(names))
