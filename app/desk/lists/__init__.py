"""Newsletters as staff keep them."""
