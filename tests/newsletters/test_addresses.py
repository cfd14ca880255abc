"""What the operator refuses, and the one sentence that says so."""

from pathlib import Path

import pytest

from app.core.errors import FieldError
from app.core.settings import Settings
from app.mail.addresses import Fault
from app.mail.faults import said_of
from app.newsletters.addresses import accepted_address
from tests.conftest import make_settings


def settings(**others: str) -> Settings:
    return make_settings("sqlite:///none", Path("media"), **others)


def refusal(email: str, **others: str) -> str:
    with pytest.raises(FieldError) as caught:
        accepted_address(email, settings(**others), None)
    assert caught.value.field == "email"
    return caught.value.message


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_one_plain_sentence(fault: Fault) -> None:
    sentence = said_of(fault)
    assert sentence[0].isupper()
    assert sentence.endswith(".")


@pytest.mark.parametrize("domain", ["mailinator.com", "sub.mailinator.com", "MAILINATOR.com"])
def test_throw_away_providers_are_refused_by_default(domain: str) -> None:
    assert "throw-away" in refusal(f"ann@{domain}")
    taken = accepted_address(f"ann@{domain}", settings(REFUSE_DISPOSABLE="no"), None)
    assert taken.domain == domain.lower()


@pytest.mark.parametrize("local", ["postmaster", "Info", "no-reply", "abuse", "press+ann"])
def test_offices_are_refused_if_the_operator_says_so(local: str) -> None:
    assert "office" in refusal(f"{local}@post.example", REFUSE_ROLES="yes")
    assert accepted_address(f"{local}@post.example", settings(), None).local == local


@pytest.mark.parametrize("domain", ["bad.example", "sub.bad.example", "other.example"])
def test_blocked_domains_are_refused_with_what_is_below(domain: str) -> None:
    said = refusal(f"ann@{domain}", BLOCKED_DOMAINS="bad.example, @Other.example")
    assert "this domain" in said


def test_a_domain_that_only_ends_alike_is_not_blocked() -> None:
    blocked = settings(BLOCKED_DOMAINS="bad.example")
    assert accepted_address("ann@notbad.example", blocked, None).domain == "notbad.example"


def test_letters_beyond_ascii_follow_the_relay() -> None:
    assert "beyond a to z" in refusal("юрій@post.example")
    assert accepted_address("юрій@post.example", settings(SMTP_UTF8="yes"), None).local == "юрій"


def test_a_slip_that_others_sell_throw_away_addresses_at_is_asked_about_and_can_be_kept() -> None:
    with pytest.raises(FieldError) as caught:
        accepted_address("ann@gmial.com", settings(), None)
    assert caught.value.suggestion == "ann@gmail.com"
    kept = accepted_address("ann@gmial.com", settings(), None, as_typed=True)
    assert kept.domain == "gmial.com"
