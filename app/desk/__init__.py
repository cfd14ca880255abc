"""What staff see: read models and pages over every feature."""
