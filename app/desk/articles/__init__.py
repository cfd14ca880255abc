"""Articles at the desk: the list of them, the editor, and what becomes of what is written there."""
