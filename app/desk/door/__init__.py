"""Who comes to the desk, and by which proof."""
