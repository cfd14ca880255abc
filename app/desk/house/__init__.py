"""The desk's own house: what needs somebody, the log, settings, and what other systems may."""
