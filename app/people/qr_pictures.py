"""A text as a picture that telephones read, the only module that speaks to `segno`."""

import segno
from markupsafe import Markup

QUIET_ZONE = 4


def qr_picture(text: str, title: str) -> Markup:
    """Return the picture as SVG: dark on light in either theme, for readers need it so.

    It is drawn by attributes alone, so a strict content policy shows it.
    """
    drawn = segno.make_qr(text).svg_inline(
        border=QUIET_ZONE, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    named = Markup('<svg role="img" aria-label="{}" ').format(title)
    return named + Markup(drawn.removeprefix("<svg "))  # noqa: S704 - segno draws, and quotes nothing of ours
