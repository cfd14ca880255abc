"""What readers see: the features composed into pages."""
