"""Pages whose purpose is a form: the newsletters, one of them, and joining until it opens."""

import re
from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.articles.reads import EditionRead
from app.core.languages import DEFAULT, LANGUAGES, prefix
from app.core.routes import access, localized
from app.memberships.joining.offers import Offer
from app.memberships.joining.opening import Opening
from app.newsletters.forms import internal_path
from app.newsletters.pages import RefusedForm
from app.site import archive, asking, formats, metadata, presenting
from app.site.chrome import everywhere, set_translations, showing, the_site
from app.site.fragments import render_anew
from app.site.keeping import cacheable
from app.site.pages import Meta
from app.site.presenting import Showing
from app.site.views import article_page, find, forms_of, home_page

bp = Blueprint("signing", __name__)

JOINING = "joining"
ARTICLE_PATH = re.compile(r"(?:/[a-z]{2})?/\d{4}/\d{2}/([a-z0-9-]+)/")


@localized(bp, "/newsletters/")
@access("public")
@cacheable
def newsletters() -> ResponseReturnValue:
    """Show every open list, with one form for several."""
    return newsletters_page(showing())


def newsletters_page(shown: Showing, refused: RefusedForm | None = None) -> str:
    """Return the page of lists, its form idle or with what was wrong."""
    path = shown.path("/newsletters/")
    set_translations(everywhere("/newsletters/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    forms = [presenting.form(shown, read, path) for read in presenting.open_lists(shown)]
    return render_template(
        "site/newsletters.html",
        forms=forms,
        closed=[presenting.form(shown, read, path) for read in presenting.closed_lists(shown)],
        settings_url=shown.path("/newsletters/preferences/"),
        action=presenting.subscribe_url(shown),
        value=refused.value if refused else "",
        errors={refused.field: refused.error} if refused else {},
        suggestion=refused.suggestion if refused else "",
        checked=list(refused.slugs) if refused else [],
        meta=Meta(gettext("Newsletters"), "", site.url + path),
    )


@localized(bp, "/newsletters/<slug>/")
@access("public")
@cacheable
def newsletter(slug: str) -> ResponseReturnValue:
    """Show one list, its form and its archive; by a slug that it had, lead to it."""
    shown = showing()
    read = shown.newsroom.lists.get(slug)
    if read is not None and read.slug != slug:
        return redirect(shown.path(f"/newsletters/{read.slug}/"), 301)
    page = newsletter_page(shown, slug)
    return page if page is not None else abort(404)


def newsletter_page(shown: Showing, slug: str, refused: RefusedForm | None = None) -> str | None:
    """Return the page of a list that is listed, or None; a closed one has no form."""
    read = shown.newsroom.lists.get(slug)
    if read is None or not archive.has_page(read) or (refused is not None and not read.open):
        return None
    rule = f"/newsletters/{read.slug}/"
    path, is_later = shown.path(rule), bool(request.args.get("before"))
    if not is_later:
        set_translations(everywhere(rule, shown.newsroom.languages))
    form = presenting.form(shown, read, path, refused)
    issues, older = archive.archive_of(shown, read)
    site = metadata.identity(the_site().settings, shown.language)
    feed = f"{prefix(read.language)}{rule}feed.xml" if issues else None
    meta = Meta(form.name, form.description, site.url + path, noindex=is_later, feed_url=feed)
    return render_template(
        "site/newsletter.html",
        form=form,
        is_open=read.open,
        is_later=is_later,
        issues=issues,
        older_url=older,
        join_url=asking.join_url(shown.language) if read.members_only else "",
        meta=meta,
    )


def offer_of() -> Offer | None:
    """Return what the campaign offers to whoever joins; None while joining is closed."""
    shown = showing()
    campaign = shown.newsroom.campaign
    if campaign is None or not the_site().settings.stripe_key:
        return None
    opens_at = campaign.joining_opens_at
    if opens_at is None or opens_at > shown.present.now:
        return None
    offer = Offer(campaign.currency, campaign.amounts)
    return offer if offer.currencies else None


def closed_page() -> str:
    """Say when joining opens, and take an address for it."""
    return join_page(showing())


def around_joining() -> dict[str, object]:
    """Return what the page for joining shows of the site."""
    shown = showing()
    set_translations(everywhere("/join/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    title = gettext("Become a member")
    description = gettext("Every article is free to read. Members pay for all of us.")
    meta = Meta(title, description, site.url + shown.path("/join/"))
    return {"meter": asking.meter(shown), "meta": meta}


OPENING = Opening(offer_of, closed_page, around_joining)


def join_page(shown: Showing, refused: RefusedForm | None = None) -> str:
    """Return the page for joining; a choice is repeated only if it is one that we can take."""
    campaign = shown.newsroom.campaign
    read = shown.newsroom.lists.get(JOINING)
    path = shown.path("/join/")
    set_translations(everywhere("/join/", shown.newsroom.languages))
    site = metadata.identity(the_site().settings, shown.language)
    chosen = asking.chosen(
        campaign,
        request.args.get("amount", ""),
        request.args.get("interval", ""),
        shown.language,
    )
    opens = opens_text(shown, campaign.joining_opens_at if campaign else None)
    came_from = refused.from_path if refused else internal_path(request.args.get("from", ""))
    form = presenting.form(shown, read, came_from or path, refused) if read and read.open else None
    return render_template(
        "site/join.html",
        form=form,
        opens_text=opens,
        chosen=chosen,
        meter=asking.meter(shown),
        meta=Meta(gettext("Become a member"), opens, site.url + path),
    )


def opens_text(shown: Showing, opens_at: datetime | None) -> str:
    """Return the sentence that says when joining opens."""
    if opens_at is None or opens_at <= shown.present.now:
        return str(gettext("Joining opens soon."))
    moment = formats.moment(opens_at, shown.language, shown.zone)
    return str(gettext("Joining opens on %(moment)s.", moment=moment.text))


def refused_page(refused: RefusedForm) -> str | None:
    """Return the page that a refused form stood on, with its error; None if there is none."""
    g.language = refused.language if refused.language in LANGUAGES else DEFAULT
    render_anew()
    shown = showing()
    if refused.slugs == (JOINING,) and offer_of() is None:
        return join_page(shown, refused)
    if refused.several:
        return newsletters_page(shown, refused)
    slug = refused.slugs[0]
    offered = presenting.open_lists(shown)[:1]
    if refused.from_path == shown.path("/") and [slug] == [one.slug for one in offered]:
        return home_page(shown, refused)
    edition = edition_at(shown, refused.from_path)
    if edition is not None and slug in forms_of(edition):
        return article_page(shown, edition, refused)
    return newsletter_page(shown, slug, refused)


def edition_at(shown: Showing, path: str) -> EditionRead | None:
    """Return the edition whose present address is `path`, or None."""
    named = ARTICLE_PATH.fullmatch(path)
    if named is None:
        return None
    found = find(shown, named[1])
    if not isinstance(found, EditionRead) or shown.address(found.place) != path:
        return None
    return found
