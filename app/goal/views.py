"""The goal for programs: the number that the pages show."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.core.routes import access
from app.extensions import db
from app.goal.queries import current_campaign
from app.goal.standing import compared_json, moment_text
from app.memberships.queries import current_count
from app.payments import drift

bp = Blueprint("goal", __name__)


@bp.get("/goal.json")
@access("public")
def goal_json() -> ResponseReturnValue:
    """Answer with the count and its goal; any site may read it, from any page."""
    moment = now(db.session)
    count = current_count(db.session, moment)
    campaign = current_campaign(db.session, moment)
    response = jsonify(
        members=None if count is None else count.members,
        goal=None if campaign is None else campaign.goal,
        as_of=None if count is None else moment_text(count.as_of),
        campaign=None if campaign is None else campaign.key,
        **compared_json(drift.latest(db.session)),
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)
