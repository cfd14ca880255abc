"""People, their stories, and what staff do for them."""
