"""Campaigns, what they say, and the tiers of membership."""
