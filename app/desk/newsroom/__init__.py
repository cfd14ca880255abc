"""What readers see beside articles: the feed, picks, sections, authors, tags, quiet places."""
