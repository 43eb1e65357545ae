"""The conflict desk: what stands disputed, and the drafts that resolve it."""
