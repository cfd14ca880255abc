"""The mails of a list as readers get them, with links that lead nowhere: for staff to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.languages import direction, translations
from app.core.orm import in_language
from app.core.settings import Settings
from app.mail.message import Words, environment, sender_of, site_name
from app.newsletters.letters import link
from app.newsletters.queries import List

CONFIRM, WELCOME = "confirm", "welcome"
CODE = "123456"


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail: who it comes from, where answers go, and both of its parts."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str


def sample(settings: Settings, newsletter: List, template: str, language: str) -> Sample:
    """Return one of the mails of a list in a language, as `letters` gives it its words."""
    gettext = translations(language).gettext
    name = newsletter.name(language)
    if template == WELCOME:
        subject = gettext("Welcome to %(name)s") % {"name": name}
        words = Words(
            subject,
            {},
            sender=in_language(dict(newsletter.senders), language),
            reply_to=newsletter.reply_to,
        )
    else:
        site = site_name(settings, language)
        words = Words(gettext("Please confirm: %(name)s") % {"name": site}, {})
    values = {
        **_values(settings, newsletter, language),
        **_frame(settings, language, words.subject),
    }
    text, html = (
        environment(language).get_template(f"{template}.{ending}").render(values)
        for ending in ("txt", "html")
    )
    reply_to = words.reply_to or settings.mail_reply_to
    return Sample(sender_of(settings, words), reply_to, words.subject, text, html)


def _frame(settings: Settings, language: str, subject: str) -> dict[str, str]:
    return {
        "language": language,
        "direction": direction(language),
        "site_name": site_name(settings, language),
        "site_url": settings.site_url,
        "subject": subject,
    }


def _values(settings: Settings, newsletter: List, language: str) -> Mapping[str, object]:
    nowhere = link(settings, language, "/newsletters/")
    return {
        "lists": (newsletter.name(language),),
        "barred": (),
        "join_url": nowhere,
        "link": nowhere,
        "code": CODE,
        "list_name": newsletter.name(language),
        "description": in_language(dict(newsletter.descriptions), language),
        "cadence": in_language(dict(newsletter.cadences), language),
        "leave_url": nowhere,
        "settings_url": nowhere,
    }
