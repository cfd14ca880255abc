"""The gate before every send."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.settings import Settings
from app.mail.models import Suppression
from app.mail.suppression import BOUNCE, COMPLAINT, ERASED, closed, lift, suppress

ANN, BOB = "ann@post.example", "bob@post.example"


@pytest.mark.parametrize("reason", [COMPLAINT, BOUNCE])
def test_a_complaint_and_a_hard_bounce_close_the_gate(
    session: Session, settings: Settings, reason: str
) -> None:
    suppress(session, settings, ANN, reason, now(session))
    assert closed(session, settings, [ANN, BOB]) == {ANN}


def test_having_been_erased_does_not_close_it(session: Session, settings: Settings) -> None:
    suppress(session, settings, ANN, ERASED, now(session))
    assert closed(session, settings, [ANN]) == set()


def test_nobody_is_nobody(session: Session, settings: Settings) -> None:
    assert closed(session, settings, []) == set()


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (ERASED, COMPLAINT, COMPLAINT),
        (COMPLAINT, ERASED, COMPLAINT),
        (BOUNCE, BOUNCE, BOUNCE),
        (BOUNCE, COMPLAINT, COMPLAINT),
        (COMPLAINT, BOUNCE, COMPLAINT),
        (ERASED, BOUNCE, BOUNCE),
    ],
)
def test_the_gravest_reason_stays(
    session: Session, settings: Settings, first: str, then: str, kept: str
) -> None:
    suppress(session, settings, ANN, first, now(session))
    suppress(session, settings, ANN, then, now(session))
    assert session.scalars(select(Suppression.reason)).all() == [kept]


def test_staff_can_open_the_gate_again(session: Session, settings: Settings) -> None:
    suppress(session, settings, ANN, COMPLAINT, now(session))
    lift(session, settings, ANN)
    assert closed(session, settings, [ANN]) == set()


def test_the_address_itself_is_not_kept(session: Session, settings: Settings) -> None:
    suppress(session, settings, ANN, COMPLAINT, now(session))
    row = session.scalars(select(Suppression)).one()
    assert ANN not in str(vars(row))
    assert "ann" not in row.address_hash
