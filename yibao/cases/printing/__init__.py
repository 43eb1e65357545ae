"""Official forms and letters as PDF, made of plain texts: nothing here knows a table."""
