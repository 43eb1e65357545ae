"""Region policies as dated, cited provisions; the only bridge from tables to the engine."""
