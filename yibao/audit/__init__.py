"""Append-only events: who did what, when, to which object, and why."""
