"""Documents and clauses that every figure cites."""
