"""The officers' desk: draft, check, compare, review and publish region policies."""
