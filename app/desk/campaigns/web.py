"""The pages on which staff keep what readers are asked, for the desk to bind."""

from app.desk.campaigns import (
    campaign_act_views,
    campaign_views,
    saying_views,
    tier_views,
)

BLUEPRINTS = (
    campaign_views.bp,
    campaign_act_views.bp,
    saying_views.bp,
    tier_views.bp,
)
