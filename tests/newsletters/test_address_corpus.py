"""Every address of the corpus gets, from the form itself, the answer that stands beside it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.mail.addresses import AddressError, Fault, read_address
from app.mail.faults import said_of
from tests.newsletters.making import Newsroom

JSON = {"Accept": "application/json"}
FAULTS = {fault.name.lower(): fault for fault in Fault}
SENTENCES = {
    "slip": "Please look at the part after the @ once more.",
    "throw_away": "This is a throw-away address; please type one that you keep.",
}


@dataclass(frozen=True)
class Case:
    """One address: the answer's name, what is typed, and what is kept or offered."""

    answer: str
    reason: str
    typed: str
    other: str = ""


def cases() -> Iterator[Case]:
    tables = tomllib.loads(Path(__file__).with_name("address_corpus.toml").read_text())
    for answer, reasons in tables.items():
        for reason, rows in reasons.items():
            yield from (Case(answer, reason, *row) for row in rows)


CASES = list(cases())


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(CASES) >= 200
    assert len({case.typed for case in CASES}) == len(CASES)
    assert {case.answer for case in CASES} == {*FAULTS, *SENTENCES, "taken"}


def wanted(case: Case) -> object:
    """Return what the form is to answer."""
    if case.answer == "taken":
        return case.other or case.typed
    fault = FAULTS.get(case.answer)
    return said_of(fault) if fault else SENTENCES[case.answer], case.other


def answered(newsroom: Newsroom, typed: str) -> object:
    """Send the form; return the address that was kept, or the sentence and what is offered."""
    answer = newsroom.sign_up(typed, headers=JSON)
    if answer.status_code == 200:
        return newsroom.requests()[-1].address
    assert answer.status_code == 422
    told = answer.get_json()
    return told["errors"]["email"], told.get("suggestion", {}).get("email", "")


@pytest.mark.parametrize("template_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("answer", sorted({case.answer for case in CASES}))
def test_the_form_answers_as_it_says(newsroom: Newsroom, answer: str) -> None:
    app = newsroom.client.application
    settings = replace(newsroom.settings, signups_per_network=0)
    app.extensions["unwalled_settings"] = settings
    ours = [case for case in CASES if case.answer == answer]
    wrong = {
        case.typed: found
        for case in ours
        if (found := answered(newsroom, case.typed)) != wanted(case)
    }
    assert wrong == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.typed)[:40])
def test_reading_an_address_finds_the_same_fault(case: Case) -> None:
    if case.answer in FAULTS:
        with pytest.raises(AddressError) as caught:
            read_address(case.typed, testing=True)
        assert caught.value.fault is FAULTS[case.answer]
    else:
        found = read_address(case.typed, testing=True)
        assert found.domain.isascii()
        assert len(found.key.encode()) <= 254


@pytest.mark.parametrize("case", [one for one in CASES if one.other], ids=lambda one: one.other)
def test_what_is_kept_or_offered_is_an_address_itself(case: Case) -> None:
    assert read_address(case.other).text == case.other


@pytest.mark.parametrize("typed", ["ann@post.test", "ann@test"])
def test_names_for_tests_are_refused_where_mail_is_real(typed: str) -> None:
    with pytest.raises(AddressError):
        read_address(typed)
