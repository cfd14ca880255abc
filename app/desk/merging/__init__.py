"""Two people who are one."""
