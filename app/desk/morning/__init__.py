"""The morning page: what it says, how it is made, and the rows behind it."""
