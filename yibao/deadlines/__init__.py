"""The days of one situation in one list, as a page and as a calendar file (no tables)."""
