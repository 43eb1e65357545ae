"""Public eligibility checker (no tables)."""
