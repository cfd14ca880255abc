"""The team: invited, changed, reset and let go; and there is always somebody who lets others in."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.core.tokens import token_hash
from app.mail.models import OutgoingMail
from app.people import merging, staff_entries, staff_invitations, staff_sessions, staff_team
from app.people.audit import AuditEntry
from app.people.registers import Pair, Registers
from app.people.service import Newcomer, find_or_create
from app.people.staff_credentials_models import StaffCodeApp, StaffInvitation
from app.people.staff_entries import INVITATION, Begun
from app.people.staff_errors import CannotInviteError, LastAdminError, NotInvitedError
from app.people.staff_invitations import Invited
from app.people.staff_models import ADMIN, EDITOR, MEMBERSHIP, Staff, StaffSession
from app.wiring import MERGERS
from tests.people.staff_making import COMMAND, NOW, make_app, make_staff

ANN = "ann@post.example"
WEEK = timedelta(days=7)


def invite(
    session: Session, settings: Settings, role: str = ADMIN, at: datetime = NOW
) -> StaffInvitation:
    return staff_invitations.invite(session, settings, COMMAND, Invited(ANN, ANN, role), at)


def state(session: Session, settings: Settings, one: StaffInvitation, at: datetime = NOW) -> str:
    token = staff_invitations.token_of(settings, one)
    return staff_invitations.state_of(session, token, at)[0]


def deeds(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def is_in(session: Session, staff_id: int) -> bool:
    asked = select(func.count()).where(
        StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    return bool(session.scalar(asked))


def test_an_invitation_is_a_mail_and_a_link_that_is_not_in_the_database(
    session: Session, settings: Settings
) -> None:
    one = invite(session, settings)
    token = staff_invitations.token_of(settings, one)
    assert staff_invitations.link_of(settings, one).endswith(f"/desk/invitation/{token}/")
    assert token not in str(vars(one))
    (mail,) = session.scalars(select(OutgoingMail))
    assert (mail.template, mail.address) == ("staff_invitation", ANN)
    assert deeds(session) == ["staff.invited"]


def test_an_invitation_holds_a_week_and_is_used_once(session: Session, settings: Settings) -> None:
    one = invite(session, settings)
    assert state(session, settings, one, NOW + WEEK - timedelta(seconds=1)) == "open"
    assert state(session, settings, one, NOW + WEEK) == "expired"
    staff_invitations.use(session, one.id, NOW)
    session.refresh(one)
    assert state(session, settings, one) == "used"
    assert session.get_one(Staff, one.staff_id).joined_at == NOW
    with pytest.raises(NotInvitedError):
        staff_invitations.use(session, one.id, NOW)


def test_a_newer_link_ends_the_older_and_whoever_was_on_the_way_by_it(
    session: Session, settings: Settings
) -> None:
    one = invite(session, settings)
    token = staff_entries.begin(session, Begun(one.staff_id, INVITATION, one.id), NOW)
    staff_invitations.send_again(session, settings, COMMAND, (one.staff_id, ANN), NOW)
    session.refresh(one)
    assert state(session, settings, one) == "ended"
    assert staff_entries.found(session, token, (INVITATION,), NOW) is None


def test_nobody_is_invited_twice_but_whoever_left_may_come_back_with_nothing(
    session: Session, settings: Settings
) -> None:
    make_staff(session, address="boss@post.example")
    first = invite(session, settings, EDITOR)
    with pytest.raises(CannotInviteError):
        invite(session, settings)
    staff_invitations.use(session, first.id, NOW)
    make_app(session, settings, first.staff_id)
    staff_team.end(session, COMMAND, first.staff_id, NOW)
    again = invite(session, settings, MEMBERSHIP)
    assert (again.staff_id, session.get_one(Staff, again.staff_id).role) == (
        first.staff_id,
        MEMBERSHIP,
    )
    assert session.scalars(select(StaffCodeApp)).all() == []


def test_nobody_is_invited_whom_another_mailbox_would_sign_in_as(
    session: Session, settings: Settings
) -> None:
    stays, gone = (
        find_or_create(session, [Newcomer(one, one)], NOW)[one] for one in (ANN, "mal@post.example")
    )
    merging.merge(session, Registers(mergers=MERGERS), Pair(gone, stays, NOW), "staff:1")
    with pytest.raises(CannotInviteError) as caught:
        invite(session, settings)
    assert caught.value.why == "several"
    assert session.scalars(select(Staff)).all() == []


def test_whoever_is_merged_while_they_are_invited_is_invited_as_whom_they_became(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = find_or_create(session, [Newcomer(ANN, ANN)], NOW)[ANN]
    before = find_or_create(session, [Newcomer("an", "an")], NOW)["an"]
    seen = iter([{ANN: before}, {ANN: ann}])
    monkeypatch.setattr(staff_invitations, "find_or_create", lambda *_: next(seen))
    assert session.get_one(Staff, invite(session, settings).staff_id).person_id == ann


def test_a_reset_takes_all_proofs_and_sessions_and_sends_a_link(
    session: Session, settings: Settings
) -> None:
    ann = make_staff(session)
    make_app(session, settings, ann)
    staff_sessions.start(session, ann, "", NOW)
    one = staff_invitations.reset(session, settings, COMMAND, (ann, ANN), NOW)
    assert state(session, settings, one) == "open"
    assert session.scalars(select(StaffCodeApp)).all() == []
    assert not is_in(session, ann)


def test_a_change_of_role_ends_sessions_and_is_written_down(session: Session) -> None:
    make_staff(session, address="boss@post.example")
    ann = make_staff(session)
    staff_sessions.start(session, ann, "", NOW)
    assert not staff_team.change_role(session, COMMAND, ann, ADMIN, NOW)
    assert is_in(session, ann)
    assert staff_team.change_role(session, COMMAND, ann, EDITOR, NOW)
    assert not is_in(session, ann)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == ({"role": ADMIN}, {"role": EDITOR})


def test_whoever_leaves_is_out_everywhere_at_once(session: Session, settings: Settings) -> None:
    make_staff(session, address="boss@post.example")
    one = invite(session, settings, EDITOR)
    staff_sessions.start(session, one.staff_id, "", NOW)
    token = staff_entries.begin(session, Begun(one.staff_id, INVITATION, one.id), NOW)
    staff_team.end(session, COMMAND, one.staff_id, NOW)
    assert not is_in(session, one.staff_id)
    assert staff_entries.found(session, token, (INVITATION,), NOW) is None
    session.refresh(one)
    assert state(session, settings, one) == "ended"


def test_the_last_administrator_stays_one(session: Session, settings: Settings) -> None:
    ann = make_staff(session, address="boss@post.example")
    invite(session, settings)  # who has not joined lets nobody in
    for change in (
        lambda: staff_team.end(session, COMMAND, ann, NOW),
        lambda: staff_team.change_role(session, COMMAND, ann, EDITOR, NOW),
    ):
        with pytest.raises(LastAdminError):
            change()
    assert session.get_one(Staff, ann).role == ADMIN


def test_an_entry_is_a_hash_of_one_kind_and_ends_in_time(session: Session) -> None:
    ann = make_staff(session)
    token = staff_entries.begin(session, Begun(ann, INVITATION), NOW)
    entry = staff_entries.found(session, token, (INVITATION,), NOW)
    assert entry is not None
    assert entry.token_hash == token_hash(token)
    assert staff_entries.found(session, token, ("mail",), NOW) is None
    assert staff_entries.found(session, token, (INVITATION,), NOW + timedelta(hours=1)) is None
    assert staff_entries.take(session, entry, NOW)
    assert not staff_entries.take(session, entry, NOW)
