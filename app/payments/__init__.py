"""Payments through a provider. Nothing is taken yet."""
