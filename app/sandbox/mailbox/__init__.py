"""The laptop's own mailbox: an SMTP server and a page, on the loopback alone."""
