"""The pages of the house, for the desk to bind."""

from app.desk.house import (
    attention_views,
    audit_views,
    parked_views,
    settings_views,
    site_views,
    token_views,
    webhook_acting_views,
    webhook_views,
)

BLUEPRINTS = (
    attention_views.bp,
    audit_views.bp,
    parked_views.bp,
    settings_views.bp,
    site_views.bp,
    token_views.bp,
    webhook_acting_views.bp,
    webhook_views.bp,
)
