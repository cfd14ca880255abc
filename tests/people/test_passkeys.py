"""The ceremonies of passkeys: what is no proof is refused, whatever a browser sends."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people import passkeys
from app.people.passkeys import Owner, PasskeyError, Site
from tests.conftest import make_settings
from tests.people.authenticator import Authenticator

SITE = Site("post.example", "https://post.example", "The Post")
OWNER = Owner(b"h" * 32, "ann@post.example", "Ann")
CHALLENGE = b"c" * 32


def device(**lies: object) -> Authenticator:
    return Authenticator(**{"origin": SITE.origin, **lies})  # type: ignore[arg-type]


def made(one: Authenticator, site: Site = SITE) -> passkeys.Made:
    answer = one.make(passkeys.making_options(SITE, OWNER, CHALLENGE, []))
    return passkeys.read_made(site, answer, CHALLENGE)


def test_a_passkey_is_made_and_signs() -> None:
    one = device()
    kept = made(one)
    answer = one.sign(passkeys.asking_options(SITE, CHALLENGE))
    told = passkeys.told_by(answer)
    assert (told.credential_id, told.challenge) == (kept.credential_id, CHALLENGE)
    assert told.handle == OWNER.handle
    assert passkeys.check(SITE, answer, CHALLENGE, kept.public_key, kept.sign_count) == 1


@pytest.mark.parametrize("lie", [{"origin": "https://evil.example"}, {"knows_owner": False}])
def test_no_passkey_is_made_elsewhere_or_without_its_owner(lie: dict[str, object]) -> None:
    with pytest.raises(PasskeyError):
        made(device(**lie))


def test_no_passkey_of_another_site_or_challenge_is_taken() -> None:
    with pytest.raises(PasskeyError):
        made(device(), replace(SITE, host="other.example"))
    answer = device().make(passkeys.making_options(SITE, OWNER, b"another", []))
    with pytest.raises(PasskeyError):
        passkeys.read_made(SITE, answer, CHALLENGE)


def shifted(one: Authenticator) -> str:
    return one.sign(passkeys.asking_options(SITE, b"another challenge"))


def from_elsewhere(one: Authenticator) -> str:
    one.origin = "https://post.example.evil.example"
    return one.sign(passkeys.asking_options(SITE, CHALLENGE))


def without_owner(one: Authenticator) -> str:
    one.knows_owner = False
    return one.sign(passkeys.asking_options(SITE, CHALLENGE))


def by_another_key(one: Authenticator) -> str:
    forged = device(credential_id=one.credential_id, handle=one.handle)
    return forged.sign(passkeys.asking_options(SITE, CHALLENGE))


def copied(one: Authenticator) -> str:
    one.count = -1  # a copy that has signed less often
    return one.sign(passkeys.asking_options(SITE, CHALLENGE))


@pytest.mark.parametrize("how", [shifted, from_elsewhere, without_owner, by_another_key, copied])
def test_nothing_else_is_a_signature(how: Callable[[Authenticator], str]) -> None:
    one = device()
    kept = made(one)
    answer = how(one)
    with pytest.raises(PasskeyError):
        passkeys.check(SITE, answer, CHALLENGE, kept.public_key, 5 if how is copied else 0)


@hypothesis.settings(max_examples=10)
@given(st.text(max_size=80) | st.builds(json.dumps, st.dictionaries(st.text(), st.text())))
def test_junk_is_a_fault_of_ours_to_name_and_no_other(junk: str) -> None:
    for call in (
        lambda: passkeys.told_by(junk),
        lambda: passkeys.read_made(SITE, junk, CHALLENGE),
        lambda: passkeys.check(SITE, junk, CHALLENGE, b"key", 0),
    ):
        with pytest.raises(PasskeyError):
            call()


def test_an_answer_is_not_read_without_end() -> None:
    with pytest.raises(PasskeyError, match="too long"):
        passkeys.told_by("x" * 20_001)


@pytest.mark.parametrize(
    ("site_url", "is_offered"),
    [
        ("http://localhost:8000", True),
        ("https://post.example", True),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
        ("http://post.example", False),
    ],
)
def test_passkeys_need_a_name_and_a_closed_line(
    site_url: str, is_offered: bool, tmp_path: Path
) -> None:
    settings = make_settings(f"sqlite:///{tmp_path}/x", tmp_path, SITE_URL=site_url)
    assert passkeys.has_name(settings) is is_offered
