"""Outgoing and incoming mail, and suppression: the gate before every send."""
