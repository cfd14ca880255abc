"""From a wish to give to the page where it is paid, and the thanks."""
