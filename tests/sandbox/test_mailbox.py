"""The laptop's mailbox: what comes by SMTP is on its page, as it came."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.sandbox.mailbox.box import Mailbox, smtp_server
from app.sandbox.mailbox.page import make_page
from tests.ports import free_port


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


@pytest.fixture
def client(mailbox: Mailbox) -> FlaskClient:
    return make_page(mailbox, "http://localhost:8000").test_client()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    server = smtp_server(mailbox, free_port())
    server.start()
    yield server.port
    server.stop()


def mail(subject: str = "Підтвердьте", html: str = "<p>Hello</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Post <post@news.test>"
    message["To"] = "olha@example.org"
    message["Subject"] = subject
    message.set_content("Hello in plain words: http://localhost:8000/x")
    message.add_alternative(html, subtype="html")
    return message


def test_a_mail_sent_by_smtp_is_listed(port: int, client: FlaskClient) -> None:
    with smtplib.SMTP("127.0.0.1", port) as relay:
        relay.send_message(mail())

    (listed,) = client.get("/messages.json").get_json()

    assert set(listed) == {"id", "to", "from", "subject", "received"}
    assert listed["to"] == "olha@example.org"
    assert listed["from"] == "Post <post@news.test>"
    assert listed["subject"] == "Підтвердьте"
    received = datetime.fromisoformat(listed["received"])
    assert abs(datetime.now(UTC) - received) < timedelta(minutes=1)


def test_a_mail_can_be_had_as_it_came(mailbox: Mailbox, client: FlaskClient) -> None:
    name = mailbox.keep(mail().as_bytes())

    answer = client.get(f"/messages/{name}.eml")

    assert answer.data == (mailbox.folder / f"{name}.eml").read_bytes()
    assert answer.mimetype == "message/rfc822"


def test_the_newest_comes_first_and_a_restart_loses_none(mailbox: Mailbox) -> None:
    names = [mailbox.keep(mail(f"Number {number}").as_bytes()) for number in range(3)]

    assert Mailbox(mailbox.folder).names() == names[::-1]


def test_the_page_shows_text_and_frames_the_html(mailbox: Mailbox, client: FlaskClient) -> None:
    name = mailbox.keep(mail().as_bytes())

    page = client.get(f"/messages/{name}/").get_data(as_text=True)

    assert '<a href="http://localhost:8000/x"' in page
    assert f'src="/messages/{name}/html"' in page


def test_the_html_of_a_mail_runs_no_script(mailbox: Mailbox, client: FlaskClient) -> None:
    name = mailbox.keep(mail(html="<script>alert(1)</script>").as_bytes())

    policy = client.get(f"/messages/{name}/html").headers["Content-Security-Policy"]

    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", ["none", "../settings", "0" * 20 + "-00000000", "%2e%2e%2fx"])
def test_a_mail_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    for path in (f"/messages/{name}/", f"/messages/{name}.eml", f"/messages/{name}/html"):
        assert client.get(path).status_code == 404


def test_the_mailbox_can_be_emptied_from_its_own_page_only(
    mailbox: Mailbox, client: FlaskClient
) -> None:
    mailbox.keep(mail().as_bytes())

    assert client.post("/empty", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert len(mailbox.names()) == 1
    assert client.post("/empty", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert mailbox.names() == []


def test_a_page_of_another_name_cannot_read_the_mailbox(client: FlaskClient) -> None:
    assert client.get("/messages.json", headers={"Host": "evil.test"}).status_code == 400


def test_an_empty_mailbox_says_what_to_do(client: FlaskClient) -> None:
    assert "http://localhost:8000/newsletters/" in client.get("/").get_data(as_text=True)
