"""Memberships bought for others: with a code, or for readers who cannot pay."""
