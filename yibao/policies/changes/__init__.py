"""The public log of changes, as a page and as a feed."""
