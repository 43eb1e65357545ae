"""Web kit without words of the field: HTMX helper, dated QuerySet, fields, error pages."""
