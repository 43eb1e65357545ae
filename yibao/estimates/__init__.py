"""Public reimbursement estimate (no tables)."""
