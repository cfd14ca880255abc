"""Subscribers brought in from files of other systems: read, foreseen, applied, taken back."""
