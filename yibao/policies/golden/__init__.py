"""算例: known cases as the engine takes them, what they expect, and the shipped ones."""
