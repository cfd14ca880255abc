"""Writing to people about their memberships: where to."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mail.models import OutgoingMail
from app.memberships.notices import Telling, tell
from app.people.models import EmailAddress
from tests.memberships.making import NOW, make_person

ANN, TAKEN_BACK = "ann@post.example", "other@post.example"


def test_a_mailbox_that_another_has_replaced_is_told_nothing(session: Session) -> None:
    ann, later = make_person(session, ANN), NOW + timedelta(days=1)
    mailbox = EmailAddress(person_id=ann, address=TAKEN_BACK, key=TAKEN_BACK, created_at=later)
    mailbox.verified_at = mailbox.replaced_at = later
    session.add(mailbox)
    session.flush()

    assert tell(session, Telling("receipt", "pi_1", ann, {"payment_id": 1}), later)
    assert session.scalars(select(OutgoingMail.address)).all() == [ANN]
