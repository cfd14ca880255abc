"""What the operator decides: one frozen dataclass, read from the environment at the start.

Every field names its variable, its meaning and its default; `docs/operate.md` carries the same
table, and a test holds the two together. No default is unsafe in production.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.core.errors import SettingsError
from app.core.setting_rules import contradictions, unsafe_in_production
from app.core.setting_values import (
    LAST_PORT,
    NotAllowedError,
    database,
    endpoint,
    hosts,
    listed,
    mailbox,
    number,
    one_of,
    stripe_key,
    web_address,
    yes_or_no,
    zone,
)

LATEST_MORNING = 20
KEPT_FILE = Path(__file__).parents[2] / "instance" / "settings.env"


def _setting(
    name: str,
    meaning: str,
    default: str | None = None,
    read: Callable[[str], Any] = str,
) -> Any:  # noqa: ANN401 - a dataclass field stands for any type
    """Declare a setting; `default` is the text the environment would hold, None if required."""
    metadata = {"name": f"UNWALLED_{name}", "meaning": meaning, "default": default, "read": read}
    return field(metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one newsroom's server to another's."""

    secret_key: str = _setting("SECRET_KEY", "signs what lives for days; at least 32 characters")
    permanent_key: str = _setting(
        "PERMANENT_KEY",
        "keys unsubscribe links, the hashes of suppressed addresses and what staff sign in with; "
        "never changed or lost",
    )
    database_url: str = _setting(
        "DATABASE_URL",
        "`postgresql://user:password@host/name`, or `sqlite:////path/to/file`",
        read=database,
    )
    site_url: str = _setting(
        "SITE_URL", "where readers find the site, like `https://our-paper.org`", read=web_address
    )
    smtp_host: str = _setting("SMTP_HOST", "the relay that takes outgoing mail")
    mail_from: str = _setting(
        "MAIL_FROM", "sender of confirmation mail, like `Name <mail@example.org>`", read=mailbox
    )
    mode: str = _setting(
        "MODE",
        "`production`, or `development` on a laptop",
        "production",
        one_of("production", "development"),
    )
    engine: str = _setting(
        "ENGINE",
        "`workers`: `flask worker` processes do the work; `embedded`: the one web process does",
        "workers",
        one_of("workers", "embedded"),
    )
    secret_key_fallbacks: tuple[str, ...] = _setting(
        "SECRET_KEY_FALLBACKS", "earlier secret keys while they are rotated", "", listed
    )
    site_name: str = _setting("SITE_NAME", "the newsroom's name", "Unwalled")
    site_name_uk: str = _setting(
        "SITE_NAME_UK", "its name on Ukrainian pages; empty for the same", ""
    )
    site_tagline: str = _setting("SITE_TAGLINE", "one line under the name", "")
    site_tagline_uk: str = _setting("SITE_TAGLINE_UK", "the same on Ukrainian pages", "")
    publisher: str = _setting(
        "PUBLISHER",
        "legal name, address and registration number as they stand on receipts, lines parted by "
        "a vertical bar",
        "",
    )
    time_zone: ZoneInfo = _setting(
        "TIME_ZONE", "IANA name of the newsroom's zone", "Europe/Kyiv", zone
    )
    morning_hour: int = _setting(
        "MORNING_HOUR",
        "hour of that zone at which staff get the morning by mail",
        "8",
        number(0, LATEST_MORNING),
    )
    media_dir: Path = _setting(
        "MEDIA_DIR", "folder of pictures and narrations", "instance/media", Path
    )
    private_dir: Path = _setting(
        "PRIVATE_DIR",
        "folder of files brought to the desk and prepared for it; web and workers share it, and "
        "nothing serves it",
        "instance/private",
        Path,
    )
    trusted_hosts: tuple[str, ...] = _setting(
        "TRUSTED_HOSTS", "host names served besides the site's own", "", hosts
    )
    proxy_hops: int = _setting(
        "PROXY_HOPS", "how many proxies in front set X-Forwarded-For", "0", number()
    )
    smtp_port: int = _setting("SMTP_PORT", "the relay's port", "587", number(1, LAST_PORT))
    smtp_user: str = _setting("SMTP_USER", "user at the relay; empty for none", "")
    smtp_password: str = _setting("SMTP_PASSWORD", "password at the relay", "")
    smtp_security: str = _setting(
        "SMTP_SECURITY",
        "`starttls`, `tls`, or `none` for a relay on this very machine",
        "starttls",
        one_of("starttls", "tls", "none"),
    )
    mail_reply_to: str = _setting(
        "MAIL_REPLY_TO", "where answers go; empty for the sender", "", mailbox
    )
    smtp_utf8: bool = _setting(
        "SMTP_UTF8",
        "`yes`: the relay offers SMTPUTF8, so names beyond ASCII before the @ are taken",
        "no",
        yes_or_no,
    )
    mail_bounces: str = _setting(
        "MAIL_BOUNCES",
        "mailbox of returned mail, `bounces@example.org`, which takes `bounces+ID@` as well; "
        "empty: the sender's",
        "",
    )
    ses_topics: tuple[str, ...] = _setting(
        "SES_TOPICS",
        "topics of Amazon SNS that tell of mail sent by SES, `arn:aws:sns:...`; empty: not taken",
        "",
        listed,
    )
    postmark_login: str = _setting(
        "POSTMARK_LOGIN",
        "`user:password` that Postmark's webhooks log in with; empty: not taken",
        "",
    )
    mailgun_key: str = _setting(
        "MAILGUN_KEY", "signing key of Mailgun's webhooks; empty: not taken", ""
    )
    address_dns: bool = _setting(
        "ADDRESS_DNS", "`yes`: ask DNS whether an address's domain takes mail", "yes", yes_or_no
    )
    address_dns_server: str = _setting(
        "ADDRESS_DNS_SERVER",
        "`host:port` of the resolver to ask; empty for the system's",
        "",
        endpoint,
    )
    dkim_selectors: tuple[str, ...] = _setting(
        "DKIM_SELECTORS",
        "names of the DKIM keys that the relay signs with; the daily check of DNS looks at them",
        "",
        listed,
    )
    refuse_roles: bool = _setting(
        "REFUSE_ROLES", "`yes`: refuse addresses of offices, like postmaster@", "no", yes_or_no
    )
    refuse_disposable: bool = _setting(
        "REFUSE_DISPOSABLE", "`yes`: refuse throw-away mailbox providers", "yes", yes_or_no
    )
    blocked_domains: tuple[str, ...] = _setting(
        "BLOCKED_DOMAINS", "mail domains refused at sign-up", "", listed
    )
    signups_per_network: int = _setting(
        "SIGNUPS_PER_NETWORK",
        "sign-ups taken from one network in an hour; 0 for no limit",
        "60",
        number(),
    )
    signups_per_domain: int = _setting(
        "SIGNUPS_PER_DOMAIN",
        "addresses of one mail domain written to in an hour, the large providers apart; "
        "0 for no limit",
        "1000",
        number(),
    )
    confirm_rate_floor: int = _setting(
        "CONFIRM_RATE_FLOOR",
        "per cent of an hour's confirmation mails that must be confirmed; below it sign-ups need a "
        "proof of work, or a code; 0 for never",
        "20",
        number(0, 100),
    )
    confirm_rate_least: int = _setting(
        "CONFIRM_RATE_LEAST",
        "confirmation mails in an hour below which their rate says nothing",
        "50",
        number(1),
    )
    signups_without_script: int = _setting(
        "SIGNUPS_WITHOUT_SCRIPT",
        "sign-ups taken in an hour from browsers without script, in all, while they need a code; "
        "0 for no limit",
        "300",
        number(),
    )
    stripe_key: str = _setting(
        "STRIPE_KEY",
        "secret or restricted key of the Stripe account, `sk_...` or `rk_...`; empty: joining "
        "stays closed",
        "",
        stripe_key,
    )
    stripe_webhook_secrets: tuple[str, ...] = _setting(
        "STRIPE_WEBHOOK_SECRETS",
        "what events are signed with, `whsec_...`; two, with a comma between, while it is rotated",
        "",
        listed,
    )
    stripe_base: str = _setting(
        "STRIPE_BASE", "what stands in for Stripe on a laptop, `http://127.0.0.1:PORT`", ""
    )
    joins_per_network: int = _setting(
        "JOINS_PER_NETWORK",
        "payment pages opened for one network in an hour; 0 for no limit",
        "20",
        number(),
    )
    joins_in_all: int = _setting(
        "JOINS_IN_ALL",
        "payment pages opened in an hour for everybody; 0 for no limit",
        "3000",
        number(),
    )
    join_paid_floor: int = _setting(
        "JOIN_PAID_FLOOR",
        "per cent of an hour's payments and declined cards that must be payments; below it a "
        "payment page asks for a proof of work; 0 for never",
        "50",
        number(0, 100),
    )
    join_paid_least: int = _setting(
        "JOIN_PAID_LEAST",
        "payments and declined cards in an hour, of one page three at most, below which their "
        "rate says nothing",
        "20",
        number(1),
    )
    gift_months: int = _setting(
        "GIFT_MONTHS",
        "months for which a single gift makes its giver a member; 0 for none",
        "0",
        number(0, 120),
    )
    api_per_token: int = _setting(
        "API_PER_TOKEN", "calls of the API taken from one token in a minute", "300", number(1)
    )
    api_per_network: int = _setting(
        "API_PER_NETWORK", "calls of the API taken from one network in a minute", "600", number(1)
    )
    api_signups_per_token: int = _setting(
        "API_SIGNUPS_PER_TOKEN",
        "sign-ups that one token of the API may send in an hour",
        "1000",
        number(1),
    )
    webhooks_private: bool = _setting(
        "WEBHOOKS_PRIVATE",
        "`yes`: webhooks may go to this machine and to networks of yours, and by http",
        "no",
        yes_or_no,
    )
    log_format: str = _setting(
        "LOG_FORMAT", "`json`, or `console` for reading", "json", one_of("json", "console")
    )
    log_level: str = _setting(
        "LOG_LEVEL",
        "`debug`, `info`, `warning` or `error`",
        "info",
        one_of("debug", "info", "warning", "error"),
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check every setting.

        Raises:
            SettingsError: One sentence for each value that is missing, malformed or unsafe.
        """
        problems: list[str] = []
        values = {one.name: _read(one, environ, problems) for one in fields(cls)}
        if problems:
            raise SettingsError(problems)
        settings = cls(**values)
        problems.extend(contradictions(settings))
        if settings.mode == "production":
            problems.extend(unsafe_in_production(settings))
        if problems:
            raise SettingsError(problems)
        return settings

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite:")

    @property
    def site_host(self) -> str:
        """Host name of the site, without a port."""
        return urlsplit(self.site_url).hostname or ""

    @property
    def publisher_lines(self) -> tuple[str, ...]:
        """Who publishes, line by line; none where that is not set."""
        lines = (" ".join(one.split()) for one in self.publisher.split("|"))
        return tuple(one for one in lines if one)

    @property
    def stripe_is_live(self) -> bool:
        """Whether money is real."""
        return self.stripe_key.partition("_")[2].startswith("live_")

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret key, then the earlier ones."""
        return (self.secret_key, *self.secret_key_fallbacks)


def _read(one: Field[Any], environ: Mapping[str, str], problems: list[str]) -> Any:  # noqa: ANN401 - the type is the field's
    """Return one field's value; a fault is added to `problems`."""
    name, meaning = one.metadata["name"], one.metadata["meaning"]
    text = environ.get(name, "").strip() or one.metadata["default"]
    if text is None:
        problems.append(f"{name} is not set: {meaning}.")
        return None
    if not text:
        return "" if one.type is str else one.metadata["read"](text)
    try:
        return one.metadata["read"](text)
    except NotAllowedError as allowed:
        problems.append(f"{name} cannot be what it is set to, but {allowed}: {meaning}.")
        return None
    except ValueError:
        problems.append(f"{name} cannot be what it is set to: {meaning}.")
        return None


def kept(path: Path = KEPT_FILE) -> dict[str, str]:
    """Return what `make run` wrote for this clone: lines of NAME=value, or nothing."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
