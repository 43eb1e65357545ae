"""Lists from outside: read a file, name its columns, compare it with what is held, apply, undo."""
