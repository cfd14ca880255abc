"""Measurements: ours beside a bare Flask view, in the same minute, under the same server."""
