"""Why a bill was not settled, the emergency screen and the note page (no tables)."""
