"""The relay: what it says decides whether a mail is at fault, or nothing can be sent at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.settings import Settings
from app.mail.message import Envelope
from app.mail.smtp import DeferredError, RefusedError, Relay, RelayDownError
from tests.conftest import make_settings
from tests.mail.relays import doing_as_told, taking_all
from tests.ports import free_port

MAIL = Envelope("post@test.example", "reader@example.org", b"Subject: Hello\r\n\r\n.dot\r\n")


def reaching(port: int, **others: str) -> Settings:
    return make_settings("sqlite:///none", Path("media"), SMTP_PORT=str(port), **others)


def enter(settings: Settings) -> None:
    with Relay(settings):
        raise AssertionError("the relay let us in")


def test_a_mail_is_handed_over_byte_for_byte() -> None:
    with taking_all() as mailbox, Relay(reaching(mailbox.port)) as relay:
        assert relay.send(MAIL) == 250

    (taken,) = mailbox.mails
    assert (taken.sender, taken.recipient) == (MAIL.sender, MAIL.recipient)
    assert taken.content.replace(b"\r\n", b"\n") == MAIL.content.replace(b"\r\n", b"\n")


def test_many_mails_go_over_one_connection() -> None:
    with doing_as_told() as script:
        with Relay(reaching(script.port)) as relay:
            for _ in range(5):
                relay.send(MAIL)
        assert (script.connections, len(script.mails)) == (1, 5)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
def test_a_permanent_refusal_is_the_mails_own_and_the_next_one_goes(command: str) -> None:
    with doing_as_told(**{command: ["550 5.1.1 no", "250 OK"]}) as script:
        if command == "DATA":
            script.answers[command] = ["550 no", "354 go on"]
        with Relay(reaching(script.port)) as relay:
            with pytest.raises(RefusedError) as caught:
                relay.send(MAIL)
            assert caught.value.code == 550
            assert relay.send(MAIL) == 250


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
def test_a_refusal_for_now_is_the_mails_own_and_the_next_one_goes(command: str) -> None:
    with doing_as_told(**{command: ["451 4.3.0 later", "250 OK"]}) as script:
        if command == "DATA":
            script.answers[command] = ["451 later", "354 go on"]
        with Relay(reaching(script.port)) as relay:
            with pytest.raises(DeferredError) as caught:
                relay.send(MAIL)
            assert caught.value.code == 451
            assert relay.send(MAIL) == 250


@pytest.mark.parametrize("answer", ["421 4.7.0 slow down", "454 4.7.0 later", "530 log in first"])
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_what_would_hit_every_mail_is_no_mails_fault(command: str, answer: str) -> None:
    with doing_as_told(**{command: [answer]}) as script, Relay(reaching(script.port)) as relay:
        with pytest.raises(RelayDownError) as caught:
            relay.send(MAIL)
        assert caught.value.code == int(answer[:3])
        assert not caught.value.in_hand
        with pytest.raises(RelayDownError):
            relay.send(MAIL)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
def test_a_lost_connection_says_that_a_mail_was_in_hand(command: str) -> None:
    with doing_as_told(**{command: ["hang up"]}) as script, Relay(reaching(script.port)) as relay:
        with pytest.raises(RelayDownError) as caught:
            relay.send(MAIL)
        assert caught.value.in_hand


@pytest.mark.parametrize("greeting", ["554 no service", "421 busy", "hang up"])
def test_a_relay_that_does_not_welcome_us_is_down(greeting: str) -> None:
    with doing_as_told(HELLO=[greeting]) as script, pytest.raises(RelayDownError) as caught:
        enter(reaching(script.port))
    assert not caught.value.in_hand


def test_nobody_listening_is_down() -> None:
    with pytest.raises(RelayDownError):
        enter(reaching(free_port()))


def test_a_relay_without_encryption_gets_nothing() -> None:
    with doing_as_told() as script:
        settings = reaching(script.port, SMTP_SECURITY="starttls")
        with pytest.raises(RelayDownError, match="STARTTLS"):
            enter(settings)
        assert not [line for line in script.commands if line.startswith("MAIL")]


def test_a_relay_that_speaks_no_tls_gets_nothing() -> None:
    with doing_as_told() as script, pytest.raises(RelayDownError):
        enter(reaching(script.port, SMTP_SECURITY="tls"))
    assert script.commands == [] or "MAIL" not in script.commands[0]


def test_a_name_beyond_ascii_goes_where_the_relay_can() -> None:
    mail = Envelope("post@test.example", "юрій@example.org", "To: юрій\r\n\r\nx".encode())
    with doing_as_told(EHLO=["250-here\r\n250 SMTPUTF8"]) as script:
        with Relay(reaching(script.port)) as relay:
            relay.send(mail)
        assert "MAIL FROM:<post@test.example> SMTPUTF8" in script.commands
        assert script.mails[0].recipient == "юрій@example.org"


def test_a_name_beyond_ascii_is_refused_where_it_cannot() -> None:
    mail = Envelope("post@test.example", "юрій@example.org", b"x")
    with doing_as_told() as script, Relay(reaching(script.port)) as relay:
        with pytest.raises(RefusedError):
            relay.send(mail)
        assert relay.send(MAIL) == 250


def test_an_address_cannot_add_a_command() -> None:
    mail = Envelope("post@test.example", "a@example.org>\r\nRCPT TO:<b@example.org", b"x")
    with (
        doing_as_told() as script,
        Relay(reaching(script.port)) as relay,
        pytest.raises(ValueError, match="RCPT"),
    ):
        relay.send(mail)
    assert not [line for line in script.commands if "b@example.org" in line]


def test_a_relay_that_reports_is_told_by_which_name_to_speak_of_a_mail() -> None:
    sealed = replace(MAIL, seal="abc234")
    with doing_as_told(EHLO=["250-here\r\n250 DSN"]) as script:
        with Relay(reaching(script.port)) as relay:
            relay.send(sealed)
            relay.send(MAIL)
        options = [one.partition(">")[2] for one in script.commands if one.startswith("MAIL")]
    assert options == [" RET=HDRS ENVID=abc234", ""]


def test_a_relay_that_does_not_report_is_told_nothing_of_it() -> None:
    with doing_as_told() as script:
        with Relay(reaching(script.port)) as relay:
            relay.send(replace(MAIL, seal="abc234"))
        assert "ENVID" not in " ".join(script.commands)


@pytest.mark.parametrize(("command", "of_recipient"), [("RCPT", True), ("MAIL", False)])
def test_a_refused_recipient_is_told_from_a_refused_mail(command: str, of_recipient: bool) -> None:
    with (
        doing_as_told(**{command: ["550 5.1.1 no"]}) as script,
        Relay(reaching(script.port)) as relay,
        pytest.raises(RefusedError) as caught,
    ):
        relay.send(MAIL)
    assert caught.value.of_recipient is of_recipient
