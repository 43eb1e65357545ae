"""Django's SQLite backend on a current SQLite, with writes that survive a power cut."""
