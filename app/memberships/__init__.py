"""Who is a member, since when and why; and the count."""
