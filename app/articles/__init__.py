"""Articles and what surrounds them: authors, sections, pictures, feed items, picks."""
