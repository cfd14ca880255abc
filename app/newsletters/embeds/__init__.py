"""Forms of ours on other sites."""
