"""What memberships hand over of one person, and what is left when they are erased."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.joining.models import Intent
from app.memberships.models import Entitlement, MemberCounter, MemberImport, MemberImportRow
from app.memberships.money_models import Membership, Payment
from app.memberships.personal import erase, exported
from app.memberships.service import Grant, grant
from app.memberships.wall import put
from tests.memberships.account.making import (
    ANN,
    make_intent,
    make_membership,
    make_payment,
    make_refund,
)
from tests.memberships.making import NOW, ledger_rows, make_person

BO = "bo@post.example"


def make_gift(session: Session, buyer: int, recipient: str, **values: object) -> GiftMembership:
    intent = make_intent(session, buyer, recipient_address=recipient, recipient_key=recipient)
    row = GiftMembership(
        public_id=intent.public_id,
        code_hash=intent.public_id,
        kind="gift",
        buyer_id=buyer,
        intent_id=intent.id,
        months=12,
        recipient_address=recipient,
        recipient_key=recipient,
        paid_at=NOW,
        **values,
    )
    session.add(row)
    session.flush()
    return row


def fresh(session: Session) -> Session:
    session.expire_all()
    return session


def test_everything_of_a_person_is_handed_over_and_nothing_of_others(session: Session) -> None:
    ann, bo = make_person(session, ANN), make_person(session, BO)
    for person in (ann, bo):
        make_membership(session, person)
        make_refund(session, make_payment(session, person), 200)
        make_gift(session, person, "olena@post.example")
        put(session, person, "Some Name", NOW)
    grant(session, Grant(ann, "gift", "one", NOW, None), reason="redeemed", now=NOW)

    whole = exported(session, ann)

    lengths = {name: len(rows) for name, rows in whole.items()}  # type: ignore[arg-type] # lists
    assert lengths == {
        "memberships": 1,
        "payments": 1,
        "refunds": 1,
        "disputes": 0,
        "wishes": 1,
        "entitlements": 1,
        "gifts_bought": 1,
        "gifts_used": 0,
        "wall_name": 1,
        "customers": 1,
        "notices": 0,
        "membership_changes": 0,
        "orders": 0,
    }


def test_what_would_open_something_is_not_in_the_file(session: Session) -> None:
    ann = make_person(session, ANN)
    gift = make_gift(session, make_person(session, BO), ANN, redeemed_by_id=ann)
    make_intent(session, ann, checkout_url="https://pay.example/secret")

    text = str(exported(session, ann))

    assert gift.public_id in text  # it was theirs to use
    assert ANN not in text  # what the buyer typed
    assert not any(one in text for one in ("code_hash", "thanks_hash", "nonce", "pay.example"))


def test_names_words_and_cards_are_gone_and_the_money_stays(session: Session) -> None:
    ann = make_person(session, ANN)
    make_membership(session, ann, cancel_reason="Too dear")
    payment = make_payment(session, ann)
    make_intent(session, ann, wall_name="Ann", dedication="For Olena", from_path="/a/")
    put(session, ann, "Ann", NOW)

    erase(session, ann, NOW)

    row = fresh(session).scalars(select(Membership)).one()
    assert (row.cancel_reason, row.card_brand, row.card_last4) == (None, None, None)
    assert (row.card_month, row.card_year, row.amount_minor) == (None, None, 700)
    intent = session.scalars(select(Intent)).one()
    assert (intent.wall_name, intent.dedication, intent.from_path) == (None, None, "/a/")
    assert session.get_one(Payment, payment.id).amount_minor == 700
    assert session.scalars(select(WallName)).all() == []


def test_others_keep_what_is_theirs(session: Session) -> None:
    ann, bo = make_person(session, ANN), make_person(session, BO)
    make_membership(session, bo, cancel_reason="Too dear")
    make_intent(session, bo, wall_name="Bo", dedication="For Olena")
    put(session, bo, "Bo", NOW)
    gift = make_gift(session, bo, "olena@post.example", delivered_at=NOW)

    erase(session, ann, NOW)

    assert fresh(session).scalars(select(Membership)).one().card_last4 == "4242"
    assert session.get_one(WallName, bo).name == "Bo"
    assert session.get_one(GiftMembership, gift.id).recipient_address == "olena@post.example"
    assert {one.wall_name for one in session.scalars(select(Intent))} == {"Bo", None}


def test_the_count_does_not_move(session: Session) -> None:
    ann = make_person(session, ANN)
    grant(session, Grant(ann, "membership", "sub", NOW, None), reason="paid", now=NOW)
    before = session.scalars(select(MemberCounter.members)).one()
    rows = [(one.id, one.person_id, one.ends_at) for one in ledger_rows(session)]

    erase(session, ann, NOW + timedelta(days=1))

    assert session.scalars(select(MemberCounter.members)).one() == before == 1
    assert [(one.id, one.person_id, one.ends_at) for one in ledger_rows(session)] == rows
    assert session.scalars(select(Entitlement.id)).all() == [one for one, *_rest in rows]


@pytest.mark.parametrize(
    ("values", "is_kept"),
    [
        ({}, True),
        ({"deliver_at": NOW + timedelta(days=9)}, True),
        ({"delivered_at": NOW}, False),
        ({"redeemed_at": NOW, "ends_at": NOW}, False),
        ({"void_at": NOW}, False),
    ],
)
def test_a_gift_that_is_to_be_delivered_still_is(
    session: Session, values: dict[str, object], is_kept: bool
) -> None:
    ann = make_person(session, ANN)
    gift = make_gift(session, ann, BO, **values)

    erase(session, ann, NOW)

    row = fresh(session).get_one(GiftMembership, gift.id)
    assert (row.recipient_address, row.recipient_key) == ((BO, BO) if is_kept else (None, None))
    assert session.scalars(select(Intent)).one().recipient_address is None


def test_the_address_goes_from_gifts_that_others_bought(session: Session) -> None:
    ann, bo = make_person(session, ANN), make_person(session, BO)
    gift = make_gift(session, bo, ANN, deliver_at=NOW + timedelta(days=9))

    erase(session, ann, NOW)

    assert fresh(session).get_one(GiftMembership, gift.id).recipient_address is None
    assert session.scalars(select(Intent)).one().recipient_key is None


def test_no_file_of_members_brings_them_back(session: Session) -> None:
    ann = make_person(session, ANN)
    file = MemberImport(file_name="members.csv", started_at=NOW)
    session.add(file)
    session.flush()
    for line, address in enumerate((ANN, BO)):
        names = {"source": "outside", "source_ref": address, "address": address}
        session.add(
            MemberImportRow(
                import_id=file.id, line=line, address_key=address, starts_at=NOW, **names
            )
        )
    session.flush()

    erase(session, ann, NOW)

    assert session.scalars(select(MemberImportRow.address)).all() == [BO]
