"""What machines read: canonical addresses, sharing cards, structured data."""

import json
from typing import Any

from markupsafe import Markup

from app.core.settings import Settings
from app.site.pages import ArticleView, Meta, Picture, SiteIdentity

SIGNS = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\N{LINE SEPARATOR}": "\\u2028",
    "\N{PARAGRAPH SEPARATOR}": "\\u2029",
}


def identity(settings: Settings, language: str) -> SiteIdentity:
    """Return the newsroom's name in a language."""
    if language == "uk":
        return SiteIdentity(
            settings.site_name_uk or settings.site_name,
            settings.site_tagline_uk or settings.site_tagline,
            settings.site_url,
        )
    return SiteIdentity(settings.site_name, settings.site_tagline, settings.site_url)


def safe_json(value: object) -> Markup:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign, escaped in SIGNS.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - no sign that HTML knows is left in it


def article_meta(site: SiteIdentity, article: ArticleView, description: str, language: str) -> Meta:
    """Return the metadata of an article's page."""
    canonical = site.url + article.path
    hero = article.hero
    return Meta(
        title=article.headline,
        description=description,
        canonical=canonical,
        kind="article",
        image=site.url + hero.src if hero else None,
        image_width=hero.width if hero else 0,
        image_height=hero.height if hero else 0,
        image_alt=hero.alt if hero else "",
        json_ld=safe_json(news_article(site, article, description, canonical, language)),
        feed_url=None,
    )


def news_article(
    site: SiteIdentity, article: ArticleView, description: str, canonical: str, language: str
) -> dict[str, Any]:
    """Return https://schema.org/NewsArticle, which says that it is free to read."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": description,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "inLanguage": language,
        "isAccessibleForFree": True,
        "datePublished": article.published.iso,
        "dateModified": (article.updated or article.published).iso,
        "articleSection": article.section.name,
        "author": [
            {"@type": "Person", "name": author.name, "url": site.url + author.url}
            for author in article.bylines
        ],
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name, "url": site.url + "/"},
    }
    if article.hero is not None:
        facts["image"] = image_object(site, article.hero)
    if article.corrections:
        facts["correction"] = [
            {"@type": "CorrectionComment", "text": one.text, "datePublished": one.moment.iso}
            for one in article.corrections
        ]
    if article.tags:
        facts["keywords"] = [tag.name for tag in article.tags]
    return facts


def image_object(site: SiteIdentity, picture: Picture) -> dict[str, Any]:
    """Return https://schema.org/ImageObject."""
    facts: dict[str, Any] = {
        "@type": "ImageObject",
        "url": site.url + picture.src,
        "width": picture.width,
        "height": picture.height,
    }
    if picture.caption:
        facts["caption"] = picture.caption
    if picture.credit:
        facts["creditText"] = picture.credit
    return facts
