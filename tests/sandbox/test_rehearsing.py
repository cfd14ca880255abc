"""One clock for the site and for what stands in for Stripe."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.clock import ClockOffset, now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.sandbox import rehearsing
from app.sandbox.stripe.control import MoveSite
from app.sandbox.stripe.serving import StandIn, make_pages, serve
from app.sandbox.stripe.world import World
from tests.conftest import make_settings
from tests.ports import free_port

SITE = "http://localhost:8000"
NEW = "whsec_of_today"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path, "a secret of the test", seed=1)
    yield opened
    opened.close()


def ahead(database: Database) -> int:
    with database.read() as session:
        kept = session.get(ClockOffset, 1)
    return kept.seconds if kept else 0


def test_a_step_on_the_control_page_moves_both_clocks(database: Database, world: World) -> None:
    pages = make_pages(world, SITE, lambda seconds: rehearsing.set_ahead(database, seconds))

    for step in ("day", "month"):
        pages.test_client().post("/clock", data={"step": step})

    assert ahead(database) == world.ahead >= 29 * 86_400
    with database.read() as session:
        assert abs(now(session) - datetime.fromtimestamp(world.now(), UTC)) < timedelta(seconds=60)


def test_the_site_is_there_before_anything_falls_due(database: Database, world: World) -> None:
    seen = []
    pages = make_pages(world, SITE, lambda seconds: seen.append((seconds, world.ahead)))

    pages.test_client().post("/clock", data={"step": "day"})

    assert seen == [(86_400, 0)]


@pytest.mark.parametrize(("site", "stripe"), [(0, 0), (0, 90), (90, 0), (90, 30)])
def test_clocks_that_differ_are_set_to_the_later(
    database: Database, world: World, site: int, stripe: int
) -> None:
    rehearsing.set_ahead(database, site)
    world.advance(stripe)

    rehearsing.agree(database, world)

    assert ahead(database) == world.ahead == max(site, stripe)


def test_the_sites_clock_never_goes_back(database: Database) -> None:
    rehearsing.set_ahead(database, 90)
    rehearsing.set_ahead(database, 30)

    assert ahead(database) == 90


def test_production_has_no_stand_in(database: Database, tmp_path: Path) -> None:
    settings = make_settings(
        "postgresql://u:p@localhost/none", tmp_path, MODE="production", ENGINE="workers",
        SITE_URL="https://news.test", SMTP_SECURITY="starttls", ADDRESS_DNS="yes",
    )  # fmt: skip

    with pytest.raises(OperatorError, match="not for production"):
        rehearsing.stand_in(database, settings, tmp_path / "stripe", free_port())
    assert not (tmp_path / "stripe").exists()


def test_the_first_of_two_webhook_secrets_signs(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = []

    def recorded(folder: Path, port: int, site: str, secret: str, move: MoveSite) -> StandIn:
        signing.append(secret)
        return serve(folder, port, site, secret, move)

    monkeypatch.setattr(rehearsing, "serve", recorded)
    keys = {"STRIPE_KEY": "sk_test_rehearsed", "STRIPE_WEBHOOK_SECRETS": f"{NEW},whsec_of_before"}
    settings = make_settings("sqlite:///none", tmp_path, **keys)
    rehearsing.stand_in(database, settings, tmp_path / "stripe", free_port()).shutdown()

    assert signing == [NEW]


def test_a_key_that_is_refused_is_one_sentence(settings: Settings) -> None:
    with pytest.raises(OperatorError, match=r"No key.*right one"):
        rehearsing.prepare_products(settings)


def test_where_nothing_answers_it_says_what_to_look_at(tmp_path: Path) -> None:
    keys = {"STRIPE_KEY": "sk_test_rehearsed", "STRIPE_WEBHOOK_SECRETS": NEW}
    base = f"127.0.0.1:{free_port()}"
    settings = make_settings("sqlite:///none", tmp_path, **keys, STRIPE_BASE=f"http://{base}")

    with pytest.raises(OperatorError, match=f"reaches {base}"):
        rehearsing.prepare_products(settings)
