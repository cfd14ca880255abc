"""Mail that comes back, as relays make it."""

from collections.abc import Sequence

CRLF = "\r\n"


def lines(*texts: str) -> bytes:
    """Return texts as lines."""
    return CRLF.join((*texts, "")).encode()


def delivery_report(
    *groups: Sequence[str], to: str = "bounces@test.example", returned: Sequence[str] = ()
) -> bytes:
    """Return a report of delivery (RFC 3464) with these groups of fields, to this address."""
    fields = [line for group in groups for line in (*group, "")]
    return lines(
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
        "",
        "--B",
        "Content-Type: text/plain",
        "",
        "I am sorry to inform you. Somebody else <victim@post.example> was not found.",
        "",
        "--B",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        *fields,
        "--B",
        "Content-Type: text/rfc822-headers",
        "",
        *returned,
        "",
        "--B--",
    )


def failed(status: str = "5.1.1", action: str = "failed", diagnosis: str = "") -> list[str]:
    """Return the fields of one recipient."""
    said = [f"Diagnostic-Code: smtp; {diagnosis}"] if diagnosis else []
    return [
        "Final-Recipient: rfc822; victim@post.example",
        f"Action: {action}",
        f"Status: {status}",
        *said,
    ]


def abuse_report(
    feedback: str = "abuse", *, to: str = "fbl@test.example", returned: Sequence[str] = ()
) -> bytes:
    """Return a report of abuse (RFC 5965) with the headers of what it is about."""
    return lines(
        "From: <feedback@isp.example>",
        f"To: {to}",
        "Subject: FW: your mail",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="B"',
        "",
        "--B",
        "Content-Type: text/plain",
        "",
        "This is an email abuse report.",
        "",
        "--B",
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {feedback}",
        "User-Agent: SomeGenerator/1.0",
        "Version: 1",
        "Original-Rcpt-To: <victim@post.example>",
        "",
        "--B",
        "Content-Type: message/rfc822",
        "",
        *returned,
        "Subject: Daily",
        "",
        "The whole mail.",
        "",
        "--B--",
    )


def mail(*headers: str, body: str = "") -> bytes:
    """Return a plain mail."""
    return lines(*headers, "", body)
