"""What readers say is wrong, what officers make of it, and how conflicts are resolved."""
