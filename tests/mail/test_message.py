"""Mails as bytes: whole, in both languages, the same each time, and nobody's headers but ours."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import formataddr, parseaddr
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.settings import Settings
from app.mail.message import (
    Envelope,
    HeaderError,
    Words,
    compose,
    environment,
    one_line,
    return_path,
)
from app.mail.seals import delivery_in
from tests.conftest import make_settings
from tests.mail.making import CONFIRMING, LINK, row


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_settings("sqlite:///none", tmp_path_factory.mktemp("media"))


def parsed(envelope: Envelope) -> EmailMessage:
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(envelope: Envelope, kind: str) -> str:
    part = parsed(envelope).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_has_two_parts_text_first_and_no_defects(ours: Settings) -> None:
    message = parsed(compose(ours, row(), CONFIRMING))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert not message.defects
    assert all(not part.defects for part in message.iter_parts())


def test_both_parts_carry_the_lists_the_link_and_the_code(ours: Settings) -> None:
    envelope = compose(ours, row(), CONFIRMING)

    for kind in ("plain", "html"):
        text = body(envelope, kind)
        assert all(word in text for word in ("Daily", "Weekly", LINK, "123456")), kind
    assert f'href="{LINK}"' in body(envelope, "html")
    assert LINK in body(envelope, "plain").splitlines()


def test_its_headers_are_those_of_confirmation_mail(ours: Settings) -> None:
    message = parsed(compose(ours, row(), CONFIRMING))

    assert message["From"] == "The Test Post <post@test.example>"
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == "Please confirm: The Test Post"
    assert message["Date"] == "Mon, 23 Nov 2026 19:04:00 +0000"
    assert message["Message-ID"] == "<0123456789abcdef0123456789abcdef@test.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    special = [name for name in message.keys() if name.lower().startswith(("x-", "list-"))]  # noqa: SIM118 - a header may stand twice, so this is no dict
    assert special == ["X-Delivery"]
    assert len(message.keys()) == len({name.lower() for name in message.keys()})  # noqa: SIM118 - as above


def test_the_same_row_makes_the_same_bytes(ours: Settings) -> None:
    assert compose(ours, row(), CONFIRMING) == compose(ours, row(), CONFIRMING)


def test_answers_go_where_the_newsroom_says(ours: Settings) -> None:
    elsewhere = replace(ours, mail_reply_to="Editors <editors@test.example>")
    message = parsed(compose(elsewhere, row(), CONFIRMING))
    assert message["Reply-To"] == "Editors <editors@test.example>"
    assert parsed(compose(ours, row(), CONFIRMING))["Reply-To"] is None


@pytest.mark.parametrize(("language", "word"), [("en", "subscribed"), ("uk", "підписк")])
def test_a_mail_is_all_in_its_readers_language(ours: Settings, language: str, word: str) -> None:
    envelope = compose(ours, row(language=language), CONFIRMING)

    assert f'<html lang="{language}" dir="ltr">' in body(envelope, "html")
    assert word in body(envelope, "html")
    assert word in body(envelope, "plain")
    assert parsed(envelope)["Content-Language"] == language


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("template", ["confirm", "already", "welcome"])
def test_every_mail_is_short_and_its_lines_are_too(
    ours: Settings, template: str, language: str
) -> None:
    words = Words(
        "Тема" * 30,
        {
            "lists": ("Щоденна розсилка",) * 9,
            "barred": ("Лист для своїх",) * 2,
            "join_url": "http://localhost/uk/join/",
            "newsletters_url": "http://localhost/newsletters/",
            "list_name": "Щоденна",
            "description": "Слово " * 200,
            "cadence": "Щодня",
        },
        {"link": LINK, "code": "123456", "leave_url": LINK, "settings_url": LINK},
    )
    content = compose(ours, row(template=template, language=language), words).content

    assert len(content) < 100_000
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()


LONG_UKRAINIAN = (
    "Ми повернули вам гроші за участь: Ранковий пором і вечірня пошта нашого міста " * 2
)


def lines_before_the_bodies(envelope: Envelope) -> list[bytes]:
    return envelope.content.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.mark.parametrize("text", ["Ми повернули вам гроші: Ранковий пором", LONG_UKRAINIAN])
def test_a_subject_keeps_its_spaces_wherever_it_folds(ours: Settings, text: str) -> None:
    for length in range(1, len(text) + 1):
        subject = text[:length]
        envelope = compose(ours, row(language="uk"), replace(CONFIRMING, subject=subject))

        assert parsed(envelope)["Subject"] == subject
        assert not parsed(envelope)["Subject"].defects
        assert max(len(line) for line in lines_before_the_bodies(envelope)) <= 76


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=200))
@example("=?utf-8?q?Not_encoded?= by us")
@example("word " * 40 + "end")
@example("w" * 200)
@example("two  spaces ")
def test_any_subject_arrives_as_it_was(ours: Settings, subject: str) -> None:
    envelope = compose(ours, row(), replace(CONFIRMING, subject=subject))

    assert parsed(envelope)["Subject"] == subject


@pytest.mark.parametrize("length", [1, 8, 16, 17, 20, 30, 60])
def test_a_sender_keeps_the_spaces_of_its_name(ours: Settings, length: int) -> None:
    name = LONG_UKRAINIAN[:length].strip()
    sender = f'"{name}" <post@test.example>'

    envelope = compose(replace(ours, mail_from=sender, mail_reply_to=sender), row(), CONFIRMING)

    for field in ("From", "Reply-To"):
        raw = message_from_bytes(envelope.content)[field]  # as it stands, in encoded words
        shown, address = parseaddr(str(make_header(decode_header(raw))).replace(": ", "· "))
        assert (shown, address) == (name.replace(": ", "· "), "post@test.example")
        assert parsed(envelope)[field].addresses[0].addr_spec == "post@test.example"
    assert max(len(line) for line in lines_before_the_bodies(envelope)) <= 76


@pytest.mark.parametrize("name", ["The Test Post", "Post, The", 'The "Test" Post', "P " * 60 + "."])
def test_a_sender_in_ascii_is_named_as_it_is(ours: Settings, name: str) -> None:
    sender = formataddr((name, "post@test.example"))

    message = parsed(compose(replace(ours, mail_from=sender), row(), CONFIRMING))

    assert message["From"].addresses[0].display_name == name
    assert message["From"].addresses[0].addr_spec == "post@test.example"


def test_a_name_from_the_newsroom_is_escaped_in_html_and_plain_in_text(ours: Settings) -> None:
    words = replace(CONFIRMING, values={"lists": ("Q&A <b>now</b>",), "barred": ()})
    envelope = compose(ours, row(), words)

    assert "<li>Q&amp;A &lt;b&gt;now&lt;/b&gt;</li>" in body(envelope, "html")
    assert "* Q&A <b>now</b>" in body(envelope, "plain")


BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b", "\x7f"]


@pytest.mark.parametrize("bad", BREAKS, ids=ascii)
@pytest.mark.parametrize("field", ["address", "message_id"])
def test_a_row_cannot_break_out_of_its_header(ours: Settings, bad: str, field: str) -> None:
    broken = row(**{field: f"reader@example.org{bad}Bcc: all@example.org"})
    with pytest.raises(ValueError, match=r"."):
        compose(ours, broken, CONFIRMING)


@pytest.mark.parametrize("bad", BREAKS, ids=ascii)
def test_words_cannot_break_out_of_their_headers(ours: Settings, bad: str) -> None:
    text = f"Hello{bad}Bcc: all@example.org"
    with pytest.raises(HeaderError):
        compose(ours, row(), replace(CONFIRMING, subject=text))
    with pytest.raises(HeaderError):
        compose(ours, row(), replace(CONFIRMING, headers={"List-Id": text}))
    with pytest.raises(HeaderError):
        compose(ours, row(), replace(CONFIRMING, personal={"link": text, "code": "1"}))


@given(st.text(max_size=80))
def test_what_passes_as_one_line_is_one(text: str) -> None:
    try:
        kept = one_line(text)
    except HeaderError:
        assert not text.isprintable()
        return
    assert len(kept.splitlines()) <= 1


@given(names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), min_size=1))
def test_whatever_lists_are_called_the_mail_stays_whole(ours: Settings, names: list[str]) -> None:
    words = replace(
        CONFIRMING,
        values={"lists": tuple(name.replace("\ue000", "") for name in names), "barred": ()},
    )
    envelope = compose(ours, row(), words)

    message = parsed(envelope)
    assert [part.get_content_subtype() for part in message.iter_parts()] == ["plain", "html"]
    assert LINK in body(envelope, "html")
    assert LINK in body(envelope, "plain")
    assert envelope.content.endswith(b"--=_unwalled--\r\n")


@given(st.text("0123456789abcdef/:.-_", max_size=300))
def test_a_personal_value_arrives_as_it_was(ours: Settings, link: str) -> None:
    words = replace(CONFIRMING, personal={"link": link, "code": "654321"})
    assert f'href="{link}"' in body(compose(ours, row(), words), "html")


def test_a_domain_beyond_ascii_goes_out_in_ascii(ours: Settings) -> None:
    envelope = compose(ours, row(address="reader@пошта.укр"), CONFIRMING)

    assert envelope.recipient == "reader@xn--80a1acn3a.xn--j1amh"
    assert b"To: <reader@xn--80a1acn3a.xn--j1amh>" in envelope.content
    assert not envelope.beyond_ascii


def test_a_name_beyond_ascii_asks_for_smtputf8(ours: Settings) -> None:
    envelope = compose(ours, row(address="юрій@example.org"), CONFIRMING)

    assert envelope.beyond_ascii
    assert "To: <юрій@example.org>".encode() in envelope.content


def test_returned_mail_names_the_mail_it_was(ours: Settings) -> None:
    assert return_path(ours, "abc") == "post@test.example"
    bouncing = replace(ours, mail_bounces="bounces@test.example")
    assert return_path(bouncing, "abc") == "bounces+abc@test.example"
    envelope = compose(bouncing, row(), CONFIRMING)
    assert delivery_in(bouncing, envelope.sender) == row().message_id
    assert row().message_id not in envelope.sender, "who knows the Message-ID must not know it"


def test_a_mail_carries_its_seal_for_relays_that_return_its_headers(ours: Settings) -> None:
    envelope = compose(ours, row(), CONFIRMING)
    headers = message_from_bytes(envelope.content)
    assert delivery_in(ours, str(headers["X-Delivery"])) == row().message_id
    assert envelope.seal == headers["X-Delivery"]


def test_no_template_of_mail_loads_anything_from_elsewhere() -> None:
    pages = [Path(environment("en").get_template(name).filename or "") for name in TEMPLATES]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not any(word in text for word in ("<img", "src=", "@import", "url(")), page


TEMPLATES = ["layout.html", "confirm.html", "already.html", "welcome.html"]
