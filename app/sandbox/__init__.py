"""Stand-ins for the outside, and the demo newsroom. Never in production."""
