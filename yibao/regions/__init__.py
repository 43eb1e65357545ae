"""Administrative divisions, pooling regions (统筹区) and their parents."""
