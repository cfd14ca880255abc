"""What the newsroom's other systems ask for and do."""
