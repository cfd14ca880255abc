"""What mail providers tell, weighed: which of it ends, which counts, and which is nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.mail import certificates, hook_views
from app.mail.certificates import Certificates
from app.mail.events import Notice
from app.mail.mailgun import read_mailgun
from app.mail.postmark import read_postmark
from app.mail.seals import delivery_seal
from app.mail.ses import read_ses
from app.mail.telling import ForgedError
from tests.conftest import make_settings
from tests.mail.telling import (
    HOST,
    MAILGUN_KEY,
    POSTMARK_LOGIN,
    TOPIC,
    certificate,
    mailgun,
    mailgun_signed,
    postmark,
    rsa_key,
    ses_bounce,
    sns,
)
from tests.schema import ROOT

ID = "0123456789abcdef0123456789abcdef"
UNPLUGGED = make_settings(
    "sqlite:///none.sqlite3",
    ROOT,
    SES_TOPICS=TOPIC,
    POSTMARK_LOGIN=POSTMARK_LOGIN,
    MAILGUN_KEY=MAILGUN_KEY,
)
SEAL = delivery_seal(UNPLUGGED, ID)


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for Amazon's servers; gives what was asked of them."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate(rsa_key())

    monkeypatch.setattr(certificates, "fetch", fetch)
    monkeypatch.setattr(hook_views, "certificates", Certificates())
    return asked


def kinds(notices: list[Notice]) -> list[str]:
    assert {one.about for one in notices} <= {ID, ""}
    return [one.kind for one in notices]


def by_amazon(message: dict[str, Any]) -> list[str]:
    """Read a message of SNS without a database."""
    body = json.dumps(message).encode()
    return kinds(read_ses(UNPLUGGED, hook_views.certificates, body, datetime.now(UTC)))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"bounceType": "Permanent", "bounceSubType": "NoEmail"}, "hard"),
        ({"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}, "hard"),
        ({"bounceType": "Permanent", "bouncedRecipients": [{"status": "5.7.1"}]}, "blocked"),
        ({"bounceType": "Transient", "bouncedRecipients": [{"status": "5.2.2"}]}, "soft"),
        ({"bounceType": "Undetermined", "bouncedRecipients": []}, "soft"),
        (
            {"bouncedRecipients": [{"status": "5.0.0", "diagnosticCode": "smtp; 550 5.1.1 no"}]},
            "hard",
        ),
    ],
)
def test_amazons_bounces_are_weighed_by_their_codes(told: dict[str, Any], kind: str) -> None:
    source = f"bounces+{SEAL}@test.example"
    assert by_amazon(sns({**ses_bounce(source), "bounce": told})) == [kind]


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ({"notificationType": "Complaint", "complaint": {}}, ["complaint"]),
        (
            {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}},
            ["complaint"],
        ),
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}, []),
        ({"eventType": "Delivery", "delivery": {}}, ["delivered"]),
        ({"eventType": "Open", "open": {}}, []),
    ],
)
def test_amazon_tells_of_complaints_and_arrivals(told: dict[str, Any], kinds: list[str]) -> None:
    mail = {"source": "post@test.example", "headers": [{"name": "X-Delivery", "value": SEAL}]}
    assert by_amazon(sns({**told, "mail": mail})) == kinds


@pytest.mark.parametrize("place", ["s3", "s3-us-west-2", "s3-website-us-east-1", "execute-api"])
def test_a_bucket_that_is_called_sns_signs_nothing(fetched: list[str], place: str) -> None:
    url = f"https://sns.{place}.amazonaws.com/SimpleNotificationService-a.pem"
    with pytest.raises(ForgedError):
        by_amazon(sns({}, SigningCertURL=url))
    assert fetched == []


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/?Action=ConfirmSubscription&Token=a",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=a",
        "https://sns.eu-west-1.amazonaws.com.elsewhere.example/?Action=ConfirmSubscription&a=b",
        "https://sns.eu-west-1.amazonaws.com@elsewhere.example/?Action=ConfirmSubscription&a=b",
        "https://sns.eu-west-1.amazonaws.com:8443/?Action=ConfirmSubscription&Token=a",
        "https://169.254.169.254/?Action=ConfirmSubscription&Token=a",
        "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&Token=a",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_has_us_ask_elsewhere(fetched: list[str], url: str) -> None:
    asks = sns({}, Type="SubscriptionConfirmation", SubscribeURL=url, Token="abcdef")
    with pytest.raises(ForgedError):
        by_amazon(asks)
    with pytest.raises(ForgedError):
        by_amazon(
            sns({}, SigningCertURL=url.replace("/?Action", "/SimpleNotificationService-a.pem?"))
        )
    assert [one for one in fetched if not one.startswith(f"{HOST}/SimpleNotification")] == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "hard"),
        ({"Type": "SoftBounce"}, "soft"),
        ({"Type": "SpamNotification"}, "blocked"),
        ({"Type": "Transient"}, None),
        ({"Type": "AutoResponder"}, None),
        ({"what": "SpamComplaint"}, "complaint"),
        ({"what": "Delivery", "DeliveredAt": "2026-11-20T10:00:00Z"}, "delivered"),
        ({"what": "Open"}, None),
    ],
)
def test_what_postmark_tells_is_weighed(values: dict[str, Any], kind: str | None) -> None:
    body = json.dumps(postmark(SEAL, **values)).encode()
    assert kinds(read_postmark(UNPLUGGED, body, POSTMARK_LOGIN)) == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "hard"),
        ({"severity": "temporary"}, "other"),
        ({"delivery-status": {"code": 552, "message": "5.2.2 full"}}, "soft"),
        ({"delivery-status": {"code": 550, "enhanced-code": "5.7.1"}}, "blocked"),
        ({"delivery-status": {"code": 605}}, "hard"),
        ({"reason": "suppress-bounce", "delivery-status": {"code": 605}}, "hard"),
        ({"reason": "suppress-complaint"}, "complaint"),
        ({"reason": "suppress-unsubscribe"}, "other"),
        ({"event": "complained"}, "complaint"),
        ({"event": "delivered"}, "delivered"),
        ({"event": "opened"}, "other"),
    ],
)
def test_what_mailgun_tells_is_weighed(values: dict[str, Any], kind: str) -> None:
    body = json.dumps(mailgun_signed(mailgun(ID, **values))).encode()
    assert kinds(read_mailgun(UNPLUGGED, body, datetime.now(UTC))) == [kind]
