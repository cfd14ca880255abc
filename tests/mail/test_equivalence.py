"""What ends up in one mailbox compares as one; what does not, does not."""

from dataclasses import replace

import pytest

from app.core.settings import Settings
from app.mail.addresses import read_address
from app.mail.equivalence import mailbox_hashes, mailbox_key

VICTIM = "victim@gmail.com"
CYRILLIC_I, GREEK_NU, FULL_WIDTH_V = "\u0456", "\u03bd", "\uff56"


@pytest.mark.parametrize(
    "spelling",
    [
        "v.i.c.t.i.m@gmail.com",
        "victim+1@gmail.com",
        "v.i.c.t.i.m+news+more@googlemail.com",
        "VICTIM@GoogleMail.com",
        f"v{CYRILLIC_I}ctim@gmail.com",
        f"{GREEK_NU}ictim@gmail.com",
        f"{FULL_WIDTH_V}ictim@gmail.com",
        f"V{CYRILLIC_I.upper()}CTIM+x@gmail.com",
    ],
)
def test_spellings_of_one_mailbox_are_one(spelling: str) -> None:
    address = read_address(spelling, smtputf8=True)
    assert mailbox_key(address.key) == mailbox_key(VICTIM)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann+daily@post.example", "ann@post.example"),
        ('"ann"@post.example', "ann@post.example"),
        ("ann-lists@yahoo.co.uk", "ann@yahoo.co.uk"),
        ("ann@ya.ru", "a-n.n@yandex.com"),
        ("a_n-n.@pm.me", "ann@protonmail.com"),
        ("ann@me.com", "ann@icloud.com"),
    ],
)
def test_what_providers_say_of_themselves_holds(one: str, other: str) -> None:
    assert mailbox_key(one) == mailbox_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.nn@post.example", "ann@post.example"),
        ("ann-lists@post.example", "ann@post.example"),
        ("ann@gmail.com", "ann@post.example"),
        ("ann1@post.example", "annl@post.example"),
        ("ann0@post.example", "anno@post.example"),
        ("rn@post.example", "m@post.example"),
        ("+ann@post.example", "+bob@post.example"),
        ("\u0430\u043d\u043d\u0430@post.example", "ann@post.example"),
    ],
)
def test_two_mailboxes_are_not_taken_for_one(one: str, other: str) -> None:
    assert mailbox_key(one) != mailbox_key(other)


def test_a_name_of_nothing_but_marks_stays_a_name() -> None:
    assert mailbox_key("...@gmail.com") == "...@gmail.com"


def test_what_is_kept_of_a_mailbox_tells_nobody_which(settings: Settings) -> None:
    other = replace(settings, permanent_key="a third secret for tests, for hashes")
    (kept,) = mailbox_hashes(settings, [VICTIM]).values()
    assert mailbox_hashes(settings, ["v.ictim@gmail.com"]) == {"v.ictim@gmail.com": kept}
    assert mailbox_hashes(other, [VICTIM])[VICTIM] != kept
    assert len(kept) == 64
