"""Pages of the desk that belong to no feature."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page

bp = Blueprint("desk", __name__)


@localized(bp, "/desk/keys/")
@access("staff")
def keys() -> ResponseReturnValue:
    """Show the keys, for whoever has no script or wants them on paper."""
    return desk_page("desk/keys.html", _("Keys of the desk"))
