"""The narration, and how it is made."""
