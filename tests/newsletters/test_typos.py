"""Likely slips are caught, and real providers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.newsletters.typos import KNOWN, LARGE, distance, suggested_domain

SLIPS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmal.con": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "htomail.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "outloook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "iclod.com": "icloud.com",
    "protonmial.com": "protonmail.com",
    "urk.net": "ukr.net",
    "ukr.nte": "ukr.net",
    "aol.con": "aol.com",
    "example.con": "example.com",
    "example.ogr": "example.org",
}
HONEST = [
    "mail.com", "ymail.com", "email.com", "gmx.com", "gmx.net", "live.com", "me.com", "i.ua",
    "meta.ua", "yahoo.co.uk", "hotmail.it", "proton.me", "post.example", "small.com", "abl.com",
    "nyt.com", "uk.net", "example.org", "university.edu", "xn--80a1acn3a.xn--j1amh", "a.b",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_a_slip_is_caught(typed: str, meant: str) -> None:
    assert suggested_domain(typed) == meant


@pytest.mark.parametrize("domain", [*HONEST, *sorted(KNOWN)])
def test_an_honest_domain_is_left_alone(domain: str) -> None:
    assert suggested_domain(domain) == ""


@given(st.text("abcdefghijklmnopqrstuvwxyz.-", max_size=30))
def test_what_is_suggested_needs_no_second_suggestion(domain: str) -> None:
    meant = suggested_domain(domain)
    assert meant != domain or not domain
    assert suggested_domain(meant) == "" if meant in LARGE else True


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("abc", "acb", 1), ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "axc", 1), ("", "ab", 2)],
)
def test_each_kind_of_slip_counts_once(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips
