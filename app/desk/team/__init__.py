"""The team: who works here, and what they may."""
