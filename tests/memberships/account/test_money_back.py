"""What the account says of a membership whose money is not with us any more, on both databases."""

from pathlib import Path
from typing import Any

import pytest

from app.core.database import Database
from tests.memberships.account.browsing import browse
from tests.memberships.account.making import ANN, make_membership, make_payment
from tests.memberships.making import make_person


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"refunded_minor": 700}, "What you paid for it has gone back to you"),
        ({"disputed": "lost"}, "What you paid for it has gone back to you"),
        ({"disputed": "open"}, "Your bank holds what you paid for it"),
    ],
)
def test_money_that_went_back_is_never_on_its_way(
    database: Database, tmp_path: Path, values: dict[str, Any], sentence: str
) -> None:
    visitor = browse(database, tmp_path)
    with database.write() as session:
        person = make_person(session, ANN)
        row = make_membership(session, person, paid_through=None)
        make_payment(session, person, membership_id=row.id, **values)
        session.commit()
    visitor.sign_in(person)

    page = visitor.read()

    assert sentence in page
    assert "The next charge is on 23 December 2026, unless you cancel before." in page
    assert "on its way to us" not in page
