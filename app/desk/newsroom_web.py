"""The pages on which staff keep what readers see and are asked."""

from flask import Blueprint

from app.desk import (
    campaign_act_views,
    campaign_views,
    catalogue_views,
    feed_views,
    look_views,
    pick_views,
    quiet_views,
    saying_views,
    section_order_views,
    tier_order_views,
    tier_views,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    look_views.bp,
    feed_views.bp,
    pick_views.bp,
    catalogue_views.bp,
    section_order_views.bp,
    tier_views.bp,
    tier_order_views.bp,
    campaign_views.bp,
    campaign_act_views.bp,
    saying_views.bp,
    quiet_views.bp,
)
