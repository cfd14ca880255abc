"""The demo newsroom: its words, its pictures, and how they are loaded."""
