"""Read models of the public policy pages: finished rows, ready for a template."""
