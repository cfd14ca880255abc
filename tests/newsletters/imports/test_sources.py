"""Exports of other systems are understood as those systems meant them."""

import zipfile
from pathlib import Path

import pytest

from app.core.errors import OperatorError
from app.core.moments import read_moment
from app.newsletters.imports.files import opened
from app.newsletters.imports.looking import Table, Wishes, look
from app.newsletters.models import Consent
from app.people.models import Person
from tests.newsletters.imports.files_of_subscribers import (
    CLEANED,
    GHOST,
    LISTMONK,
    MAILCHIMP,
    SUBSTACK,
    UNSUBSCRIBED,
    Moving,
    archive,
    plain,
    table,
)

ANN, BOB, CYD, DAN = (f"{one}@post.example" for one in ("ann", "bob", "cyd", "dan"))


def looked(path: Path, wishes: Wishes | None = None) -> tuple[Table, ...]:
    with opened(path) as source:
        return look(source, wishes or Wishes())


def test_mailchimps_archive_of_three_brings_each_as_they_stood(moving: Moving) -> None:
    times = {"OPTIN_TIME": "2019-05-01 08:00:00", "CONFIRM_TIME": "2019-05-01 08:02:11"}
    name = {"First Name": "Ann", "Last Name": "Able"}
    path = archive(
        moving.folder / "export.zip",
        subscribed_email_audience_export_1a=table(
            MAILCHIMP, {"Email Address": ANN, "MEMBER_RATING": "4", **name, **times}
        ),
        unsubscribed_email_audience_export_1a=table(
            UNSUBSCRIBED,
            {"Email Address": BOB, "UNSUB_TIME": "2021-02-03 04:05:06", "UNSUB_REASON": "NORMAL"},
        ),
        cleaned_email_audience_export_1a=table(
            CLEANED, {"Email Address": CYD, "CLEAN_TIME": "2022-02-03 04:05:06"}
        ),
        nonsubscribed_email_audience_export_1a=table(MAILCHIMP, {"Email Address": DAN}),
    )
    report = moving.bring(path)
    found = moving.subscriptions()

    assert moving.states() == {ANN: "confirmed", BOB: "unsubscribed", CYD: "bounced"}
    assert moving.suppressed(CYD) == {CYD: "bounce"}
    assert report.problems == 1
    zone = moving.settings.time_zone
    assert found[ANN].confirmed_at == read_moment("2019-05-01 08:02:11", zone)
    assert found[BOB].ended_at == read_moment("2021-02-03 04:05:06", zone)
    assert "Ann Able" in {one.name for one in moving.all_of(Person)}


def test_mailchimps_files_are_known_by_their_times_if_their_names_were_changed(
    moving: Moving,
) -> None:
    moving.bring(table(UNSUBSCRIBED, {"Email Address": BOB, "UNSUB_TIME": "2021-02-03 04:05:06"}))
    moving.bring(table(CLEANED, {"Email Address": CYD, "CLEAN_TIME": "2021-02-03 04:05:06"}))

    assert moving.states() == {BOB: "unsubscribed", CYD: "bounced"}


def test_an_abuse_report_at_mailchimp_is_a_complaint(moving: Moving) -> None:
    row = {"Email Address": BOB, "UNSUB_TIME": "2021-02-03 04:05:06", "UNSUB_REASON": "ABUSE"}
    moving.bring(table(UNSUBSCRIBED, row))

    assert moving.states() == {BOB: "complained"}
    assert moving.suppressed(BOB) == {BOB: "complaint"}


def test_substack_readers_are_readers_whether_they_pay_or_not(moving: Moving) -> None:
    rows = [
        {"email": ANN, "active_subscription": "false", "email_disabled": "false"},
        {"email": BOB, "active_subscription": "true", "email_disabled": "false"},
        {"email": CYD, "active_subscription": "true", "email_disabled": "true"},
    ]
    moving.bring(
        table(SUBSTACK, *(row | {"created_at": "2024-03-01T10:00:00.000Z"} for row in rows))
    )

    assert moving.states() == {ANN: "confirmed", BOB: "confirmed", CYD: "unsubscribed"}
    assert {one.given_at is None for one in moving.all_of(Consent)} == {False, True}


def test_ghost_members_without_mail_or_deleted_are_gone(moving: Moving) -> None:
    usual = {"subscribed_to_emails": "true", "created_at": "2024-01-15T10:00:00.000Z"}
    rows = [
        usual | {"email": ANN, "name": "Ann", "note": "likes\nlines"},
        usual | {"email": BOB, "subscribed_to_emails": "false"},
        usual | {"email": CYD, "deleted_at": "2025-01-15T10:00:00.000Z"},
    ]
    moving.bring(table(GHOST, *rows))

    assert moving.states() == {ANN: "confirmed", BOB: "unsubscribed", CYD: "unsubscribed"}


def test_ghosts_labels_may_say_the_list(moving: Moving) -> None:
    row = {"email": ANN, "subscribed_to_emails": "true", "labels": "weekly,vip"}
    moving.bring(table(GHOST, row), Wishes(columns={"lists": "labels"}))

    assert (moving.states("daily"), moving.states("weekly")) == ({}, {ANN: "confirmed"})


def test_listmonks_blocklist_is_closed_for_good_and_its_times_are_read(moving: Moving) -> None:
    made = "2024-01-31 12:00:00.123456789 +0200 EET"
    states = {ANN: "enabled", BOB: "disabled", CYD: "blocklisted"}
    rows = [{"email": one, "status": state, "created_at": made} for one, state in states.items()]
    moving.bring(table(LISTMONK, *(row | {"attributes": '{"a": "b, c"}'} for row in rows)))

    assert moving.states() == {ANN: "confirmed", BOB: "unsubscribed", CYD: "complained"}
    asked = moving.subscriptions()[ANN].asked_at
    assert asked == read_moment("2024-01-31T10:00:00.123456Z", moving.settings.time_zone)


@pytest.mark.parametrize(
    ("titles", "system"),
    [
        (MAILCHIMP, "mailchimp"),
        (UNSUBSCRIBED, "mailchimp"),
        (SUBSTACK, "substack"),
        (GHOST, "ghost"),
        (LISTMONK, "listmonk"),
        (("E-mail", "Name"), "plain"),
    ],
)
def test_a_system_is_known_by_its_columns(
    tmp_path: Path, titles: tuple[str, ...], system: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(table(titles))

    assert looked(path)[0].columns.system.name == system


def test_a_column_is_named_by_the_operator_or_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Contact,Name,Created at\na@b.org,Ann,yesterday\n")
    found = looked(path, Wishes(columns={"email": "Contact", "given_at": ""}))[0].columns

    assert found.places == {"email": 0, "name": 1}
    assert found.left_out == ["Created at"]


def test_somebody_who_never_confirmed_there_is_not_brought(moving: Moving) -> None:
    path = moving.file(table(["email", "status"], {"email": ANN, "status": "pending"}))

    assert [one.reason for one in moving.errors(path)] == [
        "was never confirmed there, so nobody may write to it"
    ]


def test_files_in_an_archive_that_hold_no_addresses_are_left_out(moving: Moving) -> None:
    path = archive(
        moving.folder / "all.zip",
        posts="post_id,title\n1,One\n",
        email_list=table(SUBSTACK, {"email": ANN, "email_disabled": "false"}),
    )

    assert [one.part.name for one in looked(path)] == ["email_list.csv"]
    moving.bring(path)
    assert moving.states() == {ANN: "confirmed"}


def test_an_archive_that_would_unpack_to_a_mountain_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("list.csv", b"email\n" + b"0" * (50 << 20))

    assert path.stat().st_size < 1 << 20
    with pytest.raises(OperatorError, match="would unpack to"):
        looked(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 20, "is not text"),
        (b"PK\x03\x04 and so on", "cannot be unpacked"),
        (b"\n \n", "is empty"),
        (b"name,age\nAnn,3\n", "--column email=TITLE"),
        (b"email,Email\na@b.org,c@d.org\n", "two columns are called email"),
        (b",".join(b"c%d" % one for one in range(10_000)), "10000 columns: 500 is the most"),
        (b'"email\na@b.org\n', "a quote is not closed"),
    ],
)
def test_what_is_no_table_of_addresses_is_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        looked(path)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_header_without_rows_brings_nobody(moving: Moving) -> None:
    report = moving.bring(plain())

    assert (report.records, report.effect.fates) == (0, {})


HOSTILE = {
    "a@b.org\r\nBcc: victim@post.example": "email is not an address",
    "a@b.org\0": "email is not an address",
    "=HYPERLINK(1)@b.org": "email is not an address",
    "": "email is empty",
    "a" * 400 + "@b.org": "email is longer than 254 characters",
    "a@b.org, c@d.org": "email holds more than one address",
}


@pytest.mark.parametrize(("address", "reason"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_an_address_that_is_none_is_named(moving: Moving, address: str, reason: str) -> None:
    rows = [{"email": one, "name": "Ann"} for one in (address, ANN)]
    path = moving.file(table(["email", "name"], *rows))
    found = moving.errors(path)

    assert [one.reason[: len(reason)] for one in found] == [reason]
    assert moving.bring(path).effect.fates == {"new": 1}


def test_ragged_rows_are_named_and_the_others_taken(moving: Moving) -> None:
    path = moving.file(f"email,name\n{ANN}\n{BOB},Bob,3\n{CYD},Cyd\n")
    found = moving.errors(path)

    assert [(one.line, one.reason) for one in found] == [
        (2, "1 values where the header has 2"),
        (3, "3 values where the header has 2"),
    ]
    moving.bring(path)
    assert moving.states() == {CYD: "confirmed"}


def test_the_apostrophe_before_a_formula_is_taken_off(moving: Moving) -> None:
    moving.bring(table(["email", "name"], {"email": "'+ann@post.example", "name": "'=1+1"}))

    assert moving.states() == {"+ann@post.example": "confirmed"}
    assert [one.name for one in moving.all_of(Person)] == ["=1+1"]
