"""People: who they are, how they sign in, what they take with them and what they leave behind."""
