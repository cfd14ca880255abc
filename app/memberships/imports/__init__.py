"""Members brought in from files: read, staged, applied whole, taken back."""
