"""Everything about subscribers, from one installation of ours to another."""
