"""重算: known cases, stored decisions and sample bills under a draft and under what is in force."""
