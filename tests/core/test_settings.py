"""Settings: what is missing, malformed or unsafe stops the process with a sentence each."""

from pathlib import Path

import pytest

from app.core.errors import SettingsError
from app.core.settings import Settings, kept

PRODUCTION = {
    "UNWALLED_SECRET_KEY": "s" * 40,
    "UNWALLED_PERMANENT_KEY": "p" * 40,
    "UNWALLED_DATABASE_URL": "postgresql://unwalled:secret@db/unwalled",
    "UNWALLED_SITE_URL": "https://news.test",
    "UNWALLED_SMTP_HOST": "relay.news.test",
    "UNWALLED_MAIL_FROM": "News <post@news.test>",
}


def problems(**changed: str | None) -> tuple[str, ...]:
    environment = {
        **PRODUCTION,
        **{f"UNWALLED_{name}": text or "" for name, text in changed.items()},
    }
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environment)
    return refused.value.problems


def test_production_needs_nothing_but_what_has_no_safe_default() -> None:
    settings = Settings.from_environment(PRODUCTION)

    assert settings.mode == "production"
    assert settings.address_dns
    assert settings.smtp_security == "starttls"
    assert settings.log_format == "json"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        (" | ", ()),
        ("The Post NGO", ("The Post NGO",)),
        (
            "The Post NGO | 1 Main St,  Odesa|No. 12345678|",
            ("The Post NGO", "1 Main St, Odesa", "No. 12345678"),
        ),
    ],
)
def test_the_publisher_is_read_line_by_line(text: str, lines: tuple[str, ...]) -> None:
    settings = Settings.from_environment({**PRODUCTION, "UNWALLED_PUBLISHER": text})

    assert settings.publisher_lines == lines


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_each_required_value_that_is_missing_has_one_sentence(name: str) -> None:
    found = problems(**{name.removeprefix("UNWALLED_"): None})

    assert len(found) == 1
    assert found[0].startswith(f"{name} is not set: ")


def test_every_missing_value_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({})

    assert len(refused.value.problems) == len(PRODUCTION)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEY", "short"),
        ("PERMANENT_KEY", "short"),
        ("PERMANENT_KEY", PRODUCTION["UNWALLED_SECRET_KEY"]),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("SITE_URL", "http://news.test"),
        ("SITE_URL", "https://localhost"),
        ("SITE_URL", "https://news.test/path"),
        ("SITE_URL", "news.test"),
        ("DATABASE_URL", "mysql://db/unwalled"),
        ("DATABASE_URL", "sqlite:////var/lib/news.sqlite3"),
        ("SMTP_SECURITY", "none"),
        ("SMTP_SECURITY", "ssl3"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "twenty-five"),
        ("SMTP_PORT", "65536"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "News <post@news.test>\r\nBcc: x@y.test"),
        ("MAIL_REPLY_TO", "nobody"),
        ("MAIL_BOUNCES", "Bounces <bounces@news.test>"),
        ("MAIL_BOUNCES", "returned-mail-of-ours@news.test"),
        ("SES_TOPICS", "https://sns.eu-west-1.amazonaws.com/"),
        ("POSTMARK_LOGIN", "without-a-colon-but-long-enough"),
        ("POSTMARK_LOGIN", "postmark:short"),
        ("MAILGUN_KEY", "short"),
        ("ADDRESS_DNS", "no"),
        ("ADDRESS_DNS", "maybe"),
        ("ADDRESS_DNS_SERVER", "resolver"),
        ("TIME_ZONE", "Europe/Nowhere"),
        ("TIME_ZONE", "../etc/passwd"),
        ("PROXY_HOPS", "-1"),
        ("MODE", "staging"),
        ("MODE", "testing"),
        ("ENGINE", "celery"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("TRUSTED_HOSTS", "*"),
        ("SIGNUPS_PER_NETWORK", "0"),
    ],
)
def test_an_unsafe_or_malformed_value_is_refused_in_production(name: str, text: str) -> None:
    found = problems(**{name: text})

    assert len(found) == 1, found
    assert f"UNWALLED_{name}" in found[0]
    assert found[0].endswith(".")
    assert "\n" not in found[0]


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("GIFT_MONTHS", "121", "a whole number from 0 to 120"),
        ("GIFT_MONTHS", "twelve", "a whole number from 0 to 120"),
        ("SMTP_PORT", "0", "a whole number from 1 to 65535"),
        ("JOINS_IN_ALL", "-1", "a whole number of 0 or more"),
    ],
)
def test_a_number_that_cannot_be_is_told_which_can(name: str, text: str, allowed: str) -> None:
    (found,) = problems(**{name: text})

    assert found.startswith(f"UNWALLED_{name} cannot be what it is set to, but {allowed}: ")


def test_the_port_of_a_resolver_is_part_of_its_address() -> None:
    (found,) = problems(ADDRESS_DNS_SERVER="resolver.test:0")

    assert "set to: `host:port`" in found


STRIPE = {"STRIPE_KEY": "sk_test_of_somebody", "STRIPE_WEBHOOK_SECRETS": "whsec_of_somebody"}


def test_a_test_key_in_production_is_told_where_to_rehearse() -> None:
    (found,) = problems(**STRIPE)

    assert found.startswith("UNWALLED_STRIPE_KEY is a test key")
    assert "rehearse with UNWALLED_MODE=development" in found


@pytest.mark.parametrize("base", ["", "http://127.0.0.1:8090"])
def test_a_live_key_is_for_production_alone(base: str) -> None:
    live = {**STRIPE, "STRIPE_KEY": "rk_live_of_somebody"}
    (found,) = problems(**live, STRIPE_BASE=base, MODE="development")

    assert found.startswith("UNWALLED_STRIPE_KEY is a live key")
    assert Settings.from_environment(
        {**PRODUCTION, **{f"UNWALLED_{name}": text for name, text in live.items()}}
    ).stripe_is_live


def test_a_missing_webhook_secret_is_told_where_it_is_found() -> None:
    (found,) = problems(STRIPE_KEY="sk_test_of_somebody", MODE="development")

    assert "the endpoint's from Stripe" in found
    assert "`stripe listen` prints" in found


def test_a_password_is_never_repeated_in_a_sentence() -> None:
    (found,) = problems(DATABASE_URL="mysql://user:hunter2@db/unwalled")

    assert "hunter2" not in found


def test_embedded_work_on_sqlite_may_be_production() -> None:
    environment = {
        **PRODUCTION,
        "UNWALLED_DATABASE_URL": "sqlite:////var/lib/unwalled/news.sqlite3",
        "UNWALLED_ENGINE": "embedded",
    }

    assert Settings.from_environment(environment).is_sqlite


@pytest.mark.parametrize("url", ["sqlite:///news.sqlite3", "sqlite:///:memory:"])
def test_a_database_that_moves_with_the_folder_is_refused_in_production(url: str) -> None:
    (found,) = problems(DATABASE_URL=url, ENGINE="embedded")

    assert "whole path" in found


def test_the_address_of_a_database_names_our_driver() -> None:
    settings = Settings.from_environment(PRODUCTION)

    assert settings.database_url == "postgresql+psycopg://unwalled:secret@db/unwalled"


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_environment(PRODUCTION)

    with pytest.raises(AttributeError):
        settings.mode = "development"  # type: ignore[misc] # this is what must fail


def test_a_clones_own_settings_are_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.env"
    path.write_text(
        "# made by make run\nUNWALLED_SITE_NAME=The = Sign\n\nUNWALLED_MODE=development\n"
    )

    assert kept(path) == {"UNWALLED_SITE_NAME": "The = Sign", "UNWALLED_MODE": "development"}


def test_a_clone_without_the_file_has_no_settings(tmp_path: Path) -> None:
    assert kept(tmp_path / "none.env") == {}
