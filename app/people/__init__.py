"""People: who they are, and later how they sign in."""
