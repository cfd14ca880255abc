"""The campaign toward the goal: its words, its meter."""
