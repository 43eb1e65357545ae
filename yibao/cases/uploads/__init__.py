"""Papers that people hand in: checked by content, cleaned, sealed, shown to few."""
