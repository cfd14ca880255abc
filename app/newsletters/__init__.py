"""Newsletters: lists, sign-up, confirmation, subscriptions and consent."""
