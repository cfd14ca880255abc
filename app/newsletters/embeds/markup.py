"""The form that another site pastes into its pages: plain HTML, and the script beside it."""

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from app.core.languages import direction, prefix, translations
from app.newsletters.queries import List

LONGEST_TYPED = 320
FORM = Markup("""\
<form action="{action}" method="post"
  data-newsletter{lists} data-language="{language}" lang="{language}" dir="{direction}">
{boxes}  <p><label>{email}
    <input type="email" name="email" required maxlength="{longest}"
      autocomplete="email" autocapitalize="off" spellcheck="false" dir="ltr"></label></p>
  <div role="status"></div>
  <div hidden><label>{trap} <input name="website" tabindex="-1" autocomplete="off"></label></div>
  <input type="hidden" name="from" value="">
  <p><button type="submit">{button}</button></p>
</form>
<script src="{script}" defer></script>
""")
BOXES = Markup("""\
  <fieldset>
    <legend>{legend}</legend>
{boxes}  </fieldset>
""")
BOX = Markup("""\
    <p><label><input type="checkbox" name="list" value="{slug}"> {name}</label></p>
""")


def embed_html(site_url: str, language: str, lists: Sequence[List], *, together: bool) -> str:
    """Return what a site pastes.

    Args:
        site_url: Ours.
        language: Of the form, and of the pages that it leads to.
        lists: What it offers.
        together: All of them at once, without boxes to tick; so it is with one list in any case.
    """
    say = translations(language).gettext
    chosen = len(lists) > 1 and not together
    slugs = [one.slug for one in lists]
    query = "" if chosen else "?" + urlencode({"list": slugs}, doseq=True)
    names = ", ".join(one.name(language) for one in lists)
    ticked = say("Subscribe to the ticked newsletters")
    return FORM.format(
        action=f"{site_url}{prefix(language)}/newsletters/subscribe{query}",
        lists="" if chosen else Markup(' data-lists="{}"').format(" ".join(slugs)),
        language=language,
        direction=direction(language),
        boxes=_boxes(lists, language) if chosen else "",
        email=say("Email address"),
        longest=LONGEST_TYPED,
        trap=say("Leave this empty"),
        button=ticked if chosen else say("Subscribe to %(name)s") % {"name": names},
        script=f"{site_url}/embed.js",
    )


def _boxes(lists: Sequence[List], language: str) -> Markup:
    boxes = Markup().join(BOX.format(slug=one.slug, name=one.name(language)) for one in lists)
    return BOXES.format(legend=translations(language).gettext("Newsletters"), boxes=boxes)
