"""A proof of work: ours, for one subject, in time, once."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.core import proof_of_work, retention
from app.core.clock import now
from app.core.database import Database
from app.core.proof_of_work import HOLDS_FOR, Proof, SpentProof, challenge, holds, solve, spend
from tests.mail.making import advance

KEY, OTHER_KEY = "a key", "another key"
SUBJECT = "sign-up\0network\0ann@post.example"


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "BITS", 8)


@pytest.fixture
def moment(database: Database) -> datetime:
    with database.read() as session:
        return now(session)


def solved(moment: datetime) -> Proof:
    return solve(challenge(KEY, SUBJECT, moment))


def test_a_proof_is_a_hash_that_begins_with_zeros(moment: datetime) -> None:
    proof = solved(moment)
    digest = hashlib.sha256(f"{proof.challenge}:{proof.number}".encode()).hexdigest()
    assert digest.startswith("00")
    assert holds([KEY], SUBJECT, proof, moment)


def test_nothing_of_the_subject_is_in_a_challenge(moment: datetime) -> None:
    assert "ann" not in challenge(KEY, SUBJECT, moment)
    assert challenge(KEY, SUBJECT, moment) != challenge(KEY, SUBJECT, moment)


def test_it_is_good_for_one_subject_and_one_key(moment: datetime) -> None:
    proof = solved(moment)
    assert not holds([KEY], SUBJECT.replace("ann", "bob"), proof, moment)
    assert not holds([OTHER_KEY], SUBJECT, proof, moment)
    assert holds([OTHER_KEY, KEY], SUBJECT, proof, moment)


def test_it_is_good_for_ten_minutes(moment: datetime) -> None:
    proof = solved(moment)
    assert holds([KEY], SUBJECT, proof, moment + HOLDS_FOR - timedelta(seconds=2))
    assert not holds([KEY], SUBJECT, proof, moment + HOLDS_FOR)


def test_less_work_than_was_asked_is_none(moment: datetime) -> None:
    asked = challenge(KEY, SUBJECT, moment)
    easier = asked.replace("8.", "0.", 1)
    wrong = next(
        str(number)
        for number in range(9)
        if hashlib.sha256(f"{asked}:{number}".encode()).digest()[0]
    )
    assert not holds([KEY], SUBJECT, Proof(asked, wrong), moment)
    assert not holds([KEY], SUBJECT, Proof(easier, "0"), moment)


@pytest.mark.parametrize("text", ["", ".", "8.1.2", "8.x.y.z", "....", "é.é.é.é", "\0" * 90])
def test_what_is_no_challenge_is_refused(moment: datetime, text: str) -> None:
    assert not holds([KEY], SUBJECT, Proof(text, "1"), moment)


@pytest.mark.parametrize("number", ["", "x" * 17, "é", "9" * 5000])
def test_what_is_no_number_is_refused(moment: datetime, number: str) -> None:
    assert not holds([KEY], SUBJECT, replace(solved(moment), number=number), moment)


def test_it_counts_once(database: Database, moment: datetime) -> None:
    proof = solved(moment)
    assert spend(database, proof, moment)
    assert not spend(database, proof, moment)
    assert spend(database, solved(moment), moment)


def test_what_was_spent_is_kept_no_longer_than_it_could_come_again(
    database: Database,
    moment: datetime,
) -> None:
    spend(database, solved(moment), moment)
    assert left_after(database, minutes=9) == 1
    assert left_after(database, minutes=2) == 0


def left_after(database: Database, *, minutes: int) -> int:
    """Let time pass and the night come; return what is kept."""
    advance(database, minutes=minutes)
    retention.run(database, [proof_of_work.forgetting()])
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SpentProof)) or 0
