"""What returned mail says, in all the ways that it is said."""

import pytest

from app.mail.events import Notice
from app.mail.parsing import LARGEST, LONGEST_FIELD, parsed, parts
from app.mail.reports import Seals, read_report
from app.mail.seals import delivery_in, delivery_seal
from tests.conftest import make_settings
from tests.mail.returning import abuse_report, delivery_report, failed, lines, mail
from tests.schema import ROOT

ID = "0123456789abcdef0123456789abcdef"
DAEMON = "From: Mail Delivery Subsystem <mailer-daemon@mx.example>"


OURS = make_settings("sqlite:///none.sqlite3", ROOT)


@pytest.fixture
def seal() -> str:
    return delivery_seal(OURS, ID)


@pytest.fixture
def verp(seal: str) -> str:
    return f"bounces+{seal}@test.example"


@pytest.fixture
def seals() -> Seals:
    def leaving(text: str) -> str | None:
        return "somebody/7" if "leaveseal" in text else None

    return Seals(lambda text: delivery_in(OURS, text), leaving)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", "hard"),
        ("5.1.2", "hard"),
        ("5.1.10", "hard"),
        ("5.2.1", "hard"),
        ("5.2.2", "soft"),
        ("5.1.8", "soft"),
        ("4.4.7", "soft"),
        ("5.0.0", "soft"),
        ("5.7.1", "blocked"),
        ("5.7.26", "blocked"),
        ("5.1.1 (bad mailbox)", "hard"),
        ("nonsense", "soft"),
    ],
)
def test_a_failure_is_hard_only_where_its_code_says_that_the_mailbox_is_gone(
    verp: str, seals: Seals, status: str, kind: str
) -> None:
    told = read_report(delivery_report(failed(status), to=verp), [], seals)
    assert told is not None
    assert (told.kind, told.about) == (kind, ID)


def test_the_remote_servers_own_code_says_more_than_a_general_one(verp: str, seals: Seals) -> None:
    group = failed("5.0.0", diagnosis="550-5.1.1 The email account does not exist 192.0.2.5.1")
    assert read_report(delivery_report(group, to=verp), [], seals) == Notice("hard", ID, "5.1.1")


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "", "nonsense"])
def test_a_mail_that_is_only_late_changes_nothing(verp: str, seals: Seals, action: str) -> None:
    report = delivery_report(failed("4.4.1", action), to=verp)
    assert read_report(report, [], seals) is None


def test_an_arrival_is_told_as_well(verp: str, seals: Seals) -> None:
    report = delivery_report(failed("2.0.0", "delivered"), to=verp)
    assert read_report(report, [], seals) == Notice("delivered", ID)


def test_of_several_recipients_the_failed_one_counts(verp: str, seals: Seals) -> None:
    report = delivery_report(failed("2.0.0", "delivered"), failed("5.1.1"), to=verp)
    told = read_report(report, [], seals)
    assert told is not None
    assert told.kind == "hard"


def test_the_mail_is_known_by_its_envelope_id(seal: str, seals: Seals) -> None:
    report = delivery_report([f"Original-Envelope-Id: {seal}"], failed())
    assert read_report(report, [], seals) == Notice("hard", ID, "5.1.1")


@pytest.mark.parametrize("name", ["X-Delivery", "x-delivery", "Return-Path"])
def test_the_mail_is_known_by_its_own_headers(verp: str, seals: Seals, name: str) -> None:
    report = delivery_report(failed(), returned=["Subject: Daily", f"{name}: <{verp}>"])
    assert read_report(report, [], seals) == Notice("hard", ID, "5.1.1")


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To", "To"])
def test_the_mail_is_known_by_where_its_report_went(verp: str, seals: Seals, name: str) -> None:
    report = f"{name}: {verp.upper()}\r\n".encode() + delivery_report(failed())
    assert read_report(report, [], seals) == Notice("hard", ID, "5.1.1")
    assert read_report(delivery_report(failed()), [verp], seals) is not None


def test_no_report_without_a_seal_of_ours_is_believed(seal: str, seals: Seals) -> None:
    forged = seal[:-1] + ("a" if seal[-1] != "a" else "b")
    unsealed = delivery_report(failed(), returned=[f"Message-ID: <{ID}@test.example>"])
    for to in (
        f"bounces+{ID}@test.example",
        f"bounces+{'a' * 42}@test.example",
        "victim@x.example",
    ):
        assert read_report(delivery_report(failed(), to=to), [], seals) is None
    assert read_report(unsealed, [], seals) is None
    swapped = delivery_report(failed(), to=f"bounces+{'b' + forged[1:]}@test.example")
    assert read_report(swapped, [], seals) is None


@pytest.mark.parametrize("feedback", ["abuse", "fraud", "Abuse"])
def test_a_report_of_abuse_is_a_complaint(seal: str, seals: Seals, feedback: str) -> None:
    report = abuse_report(feedback, returned=[f"X-Delivery: {seal}"])
    assert read_report(report, [], seals) == Notice("complaint", ID)


@pytest.mark.parametrize("feedback", ["not-spam", "virus", "other", ""])
def test_other_feedback_is_no_complaint(seal: str, seals: Seals, feedback: str) -> None:
    report = abuse_report(feedback, returned=[f"X-Delivery: {seal}"])
    assert read_report(report, [], seals) is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Out of office: Re: Daily",
        "Subject: Automatic reply 5.1.1",
        "Subject: Hello, I have a question about 5.1.1",
    ],
)
def test_an_answer_to_the_return_path_is_no_bounce(verp: str, seals: Seals, header: str) -> None:
    answer = mail("Return-Path: <ann@post.example>", "From: ann@post.example", header, body="5.1.1")
    assert read_report(answer, [verp], seals) is None


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("Remote host said: 550 5.1.1 <ann@post.example>: User unknown", "hard", "5.1.1"),
        ("Remote host said: 552 5.2.2 mailbox is full", "soft", "5.2.2"),
        ("554 5.7.1 blocked, see http://rbl.example", "blocked", "5.7.1"),
        ("This is the qmail-send program. Sorry, no mailbox here.", "soft", ""),
        ("Message from 5.1.1.2 was refused", "soft", ""),
    ],
)
def test_a_bounce_that_is_no_report_is_known_by_where_it_went(
    verp: str, seals: Seals, body: str, kind: str, status: str
) -> None:
    told = read_report(mail(DAEMON, f"To: {verp}", body=body), [], seals)
    assert told == Notice(kind, ID, status)


def test_a_bounce_from_nobody_needs_a_code_to_be_one(verp: str, seals: Seals) -> None:
    from_nobody = ("Return-Path: <>", "From: system@mx.example")
    assert read_report(mail(*from_nobody, body="I am away"), [verp], seals) is None
    assert read_report(mail(*from_nobody, body="550 5.1.1 gone"), [verp], seals) is not None


@pytest.mark.parametrize(
    "headers",
    [
        ("To: bounces+leaveseal@test.example",),
        ("To: bounces@test.example", "Subject: unsubscribe\r\n leaveseal"),
        ("To: bounces+leaveseal@test.example", "Auto-Submitted: auto-generated"),
    ],
)
def test_a_wish_to_be_taken_off_has_its_seal_in_address_or_subject(
    seals: Seals, headers: tuple[str, ...]
) -> None:
    told = read_report(mail("From: somebody-else@post.example", *headers), [], seals)
    assert told is not None
    assert (told.kind, told.about) == ("unsubscribe", "somebody/7")


def test_an_automatic_answer_takes_nobody_off(seals: Seals) -> None:
    answer = mail("To: bounces+leaveseal@test.example", "Auto-Submitted: auto-replied")
    assert read_report(answer, [], seals) is None


def nested(depth: int) -> bytes:
    heads = [
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}'
        for level in range(depth)
    ]
    return lines("To: nobody@test.example", *heads) + b"\r\n" * (LARGEST // 4)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe" * 1000,
        b"\n\n\n",
        b": \r\n:\r\n",
        b"To: " + b"a" * LARGEST,
        b"".join(b"X-%d: y\r\n" % number for number in range(60_000)),
        b"Content-Type: text/plain; " + b'a=";' * (LARGEST // 8),
        b"Content-Type: text/plain; charset=\xff\xff\r\nContent-Transfer-Encoding: base64\r\n\r\n=",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff",
        b"Subject: =?utf-8?b?////?= =?nonsense?q?=FF?=\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n\xff\r\n\r\nAction",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n===",
        b"Content-Type: multipart/report\r\n\r\nno boundary",
        nested(20),
        nested(2000),
    ],
    ids=range(16),
)
def test_whatever_comes_is_read_and_tells_nothing(seals: Seals, raw: bytes) -> None:
    assert read_report(raw, [], seals) is None


def test_what_lies_too_deep_is_not_taken_apart() -> None:
    assert len(list(parts(parsed(nested(20))))) == 21
    assert len(list(parts(parsed(nested(2000))))) == 1


def test_a_costly_message_is_still_known_by_where_it_went(verp: str, seals: Seals) -> None:
    costly = mail(DAEMON, f"To: {verp}", f"Content-Type: a/b; {'c' * LONGEST_FIELD}", body="5.1.1")
    assert read_report(costly, [], seals) == Notice("soft", ID)


@pytest.mark.parametrize(
    "subject",
    [
        "Warning: message 1abc delayed 24 hours",
        "Delivery Status Notification (Delay)",
        "Your mail has not yet been delivered",
    ],
)
def test_a_relay_that_still_tries_changes_nothing(verp: str, seals: Seals, subject: str) -> None:
    late = mail(DAEMON, f"To: {verp}", f"Subject: {subject}", body="451 4.4.1 timed out")
    assert read_report(late, [], seals) is None


def test_a_relay_that_marks_its_bounce_as_automatic_is_heard(verp: str, seals: Seals) -> None:
    marked = mail(DAEMON, f"To: {verp}", "Auto-Submitted: auto-replied", body="550 5.1.1 unknown")
    assert read_report(marked, [], seals) == Notice("hard", ID, "5.1.1")


def test_a_character_set_that_is_none_stops_nobody() -> None:
    seals = Seals(delivery=lambda _text: None, leaving=lambda _text: None)
    raw = b"Content-Type: text/plain; charset*=x''%FF\n\nfrom: \xff\n"
    assert read_report(raw, [], seals) is None
