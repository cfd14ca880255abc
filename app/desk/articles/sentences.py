"""What the desk says of editions and of what stands in their way."""

from datetime import datetime

from app.articles import drafting
from app.articles.checking import Fault
from app.articles.models import Edition
from app.articles.service import is_visible
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.desk.articles.web import moment_text
from app.desk.listing import Cell

DRAFT, WAITING, SHOWN, GONE = "draft", "scheduled", "published", "withdrawn"


def standing(state: str, published_at: datetime | None, now: datetime) -> str:
    """Return what an edition is to readers at a moment."""
    due = state == WAITING and published_at is not None and published_at <= now
    return SHOWN if due else state


def state_cell(state: str) -> Cell:
    """Return a state in a word, and how it is set off."""
    return {
        DRAFT: Cell(_("Draft"), mark="pend"),
        WAITING: Cell(_("Scheduled"), mark="pend"),
        SHOWN: Cell(_("Published"), mark="ok"),
        GONE: Cell(_("Withdrawn"), mark="err"),
    }[state]


def state_sentence(edition: Edition, now: datetime) -> str:
    """Return where an edition stands, in a sentence."""
    if edition.published_at is None:
        return _("A draft: readers have never seen it.")
    moment = moment_text(edition.published_at)
    if is_visible(edition, now):
        return _("Published on %(moment)s.", moment=moment)
    if edition.state == WAITING:
        return _("It appears on %(moment)s.", moment=moment)
    return _("Withdrawn; it had appeared on %(moment)s.", moment=moment)


def fault_sentence(fault: Fault) -> str:
    """Return what is to be put right, and how."""
    return {
        "no-headline": _("There is no headline."),
        "no-dek": _("There is no line under the headline; lists then show the text's beginning."),
        "no-body": _("There is no text."),
        "no-slug": _("There is no address."),
        "bad-slug": _(
            "The address “%(detail)s” is not plain: small Latin letters, digits, single hyphens.",
            detail=fault.detail,
        ),
        "taken-slug": _(
            "Another article has or had the address “%(detail)s”. Choose another.",
            detail=fault.detail,
        ),
        "no-byline": _("Nobody is named as its author."),
        "no-hero": _("There is no picture at its head."),
        "no-hero-alt": _(
            "The picture at its head does not say what it shows (%(detail)s).", detail=fault.detail
        ),
        "no-related": _(
            "There is no other article “%(detail)s” to read next.", detail=fault.detail
        ),
        "untranslated": _("The text is still that of the other language."),
        "empty-link": _("The link “%(detail)s” leads nowhere.", detail=fault.detail),
        "wordless-link": _("A link to %(detail)s has no words.", detail=fault.detail),
        "broken-link": _(
            "The link to %(detail)s leads to no page that readers can open.", detail=fault.detail
        ),
        "no-picture-alt": _(
            "The picture %(detail)s in the text does not say what it shows: ![what it shows](…).",
            detail=fault.detail,
        ),
    }[fault.kind]


def revision_sentence(kind: str) -> str:
    """Return why a text was kept."""
    return {
        drafting.FIRST: _("as it was before"),
        drafting.SAVED: _("saved"),
        drafting.AUTOSAVED: _("saved by itself"),
        drafting.RESTORED: _("brought back"),
        drafting.PUBLISHED: _("published"),
    }[kind]


def language_name(language: str) -> str:
    """Return what a language calls itself."""
    return LANGUAGES.get(language, language)
