"""How many saw a form, asked, confirmed and left."""
