"""`flask payments`: the account made ready, compared, and looked at anew."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from sqlalchemy import update

from app.cli import payments
from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.memberships.models import MemberCounter
from app.payments.stripe_gateway import StripeGateway
from tests.conftest import make_settings
from tests.memberships.account.making import AT_ONCE
from tests.memberships.joining.making import KEY, standing_in
from tests.memberships.sync_making import Till

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "werkzeug")  # the stand-in's, in this very process
    monkeypatch.setattr(payments, "READS", AT_ONCE)


@pytest.fixture
def till(database: Database, database_url: str, tmp_path: Path) -> Iterator[Till]:
    with standing_in(tmp_path) as (world, trouble, base):
        settings = make_settings(
            database_url,
            tmp_path,
            STRIPE_KEY=KEY,
            STRIPE_WEBHOOK_SECRETS="whsec_rehearsal_only",
            STRIPE_BASE=base,
            LOG_LEVEL="error",
        )
        yield Till(database, settings, world, trouble, StripeGateway(KEY, base=base))


def run(till: Till, *words: str) -> Result:
    app = compose(till.settings, till.database)
    return app.test_cli_runner().invoke(args=["payments", *words])


def refused_without_key(settings: Settings, database: Database, word: str) -> Result:
    return compose(settings, database).test_cli_runner().invoke(args=["payments", word])


@pytest.mark.parametrize("word", ["prepare", "check", "recount"])
def test_without_a_key_it_says_which_setting_is_missing(
    settings: Settings, database: Database, word: str
) -> None:
    result = refused_without_key(settings, database, word)

    assert result.exit_code != 0
    assert "UNWALLED_STRIPE_KEY" in result.output
    assert result.output.count("\n") == 1


def test_products_are_made_once(till: Till) -> None:
    before = till.world.all("product")
    results = [run(till, "prepare"), run(till, "prepare")]

    assert [one.exit_code for one in results] == [0, 0]
    assert results[0].output == (
        "The test account has the products membership-month, membership-year, gift.\n"
    )
    assert till.world.all("product") == before


def test_a_check_that_finds_nothing_says_so(till: Till) -> None:
    till.join()
    result = run(till, "check")

    assert result.exit_code == 0
    assert result.output == "No drift.\n"


def test_a_check_names_each_difference_and_fails(till: Till) -> None:
    till.member()
    with till.database.write() as session:
        session.execute(update(MemberCounter).values(members=5))
        session.commit()
    result = run(till, "check")

    assert result.exit_code != 0
    assert result.output.splitlines() == [
        "count  The counter says 5, the ledger 1.",
        "Drift: 1. `docs/operate.md` says what to do when the drift is not 0.",
    ]


def test_a_recount_looks_at_everything(till: Till) -> None:
    till.join()
    till.look("checkout", till.join(kind="gift", interval=None, email="bo@post.example"))
    result = run(till, "recount")

    assert result.exit_code == 0
    assert result.output.startswith("2 objects were looked at.\n")
    assert run(till, "check").output == "No drift.\n"


def test_a_recount_of_one_object_says_so(till: Till) -> None:
    till.join()

    assert run(till, "recount").output.startswith("1 object was looked at.\n")


@pytest.mark.parametrize("word", ["prepare", "check", "recount"])
def test_where_stripe_is_silent_it_ends_in_a_sentence(till: Till, word: str) -> None:
    till.trouble.down = 1_000
    result = run(till, word)

    assert result.exit_code != 0
    assert "Stripe does not answer at the moment" in result.output
    assert f"see whether this machine reaches {urlsplit(till.settings.stripe_base).netloc}." in (
        result.output
    )
    assert result.output.count("\n") == 1
