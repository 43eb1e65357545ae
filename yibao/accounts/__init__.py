"""Staff users, system actors, and the regions a person may act for."""
