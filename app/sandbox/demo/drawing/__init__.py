"""How the demo newsroom's pictures are drawn: one module a picture."""
