"""What supporters see and do of their own."""
