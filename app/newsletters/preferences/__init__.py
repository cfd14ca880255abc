"""What readers set for themselves by a link from their mail, and changes of their address."""
