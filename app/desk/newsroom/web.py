"""The pages on which staff keep what readers see beside articles, for the desk to bind."""

from app.desk.newsroom import (
    catalogue_views,
    feed_views,
    pick_views,
    quiet_views,
)

BLUEPRINTS = (
    feed_views.bp,
    pick_views.bp,
    catalogue_views.bp,
    quiet_views.bp,
)
