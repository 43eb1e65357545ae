"""What may be handed in. Sizes in bytes, pictures in pixels; every bound is inclusive."""

MOST_BYTES = 10 * 1024 * 1024
"""One file as it arrives."""

MOST_FILES = 20
"""Files of one paper, as kept and as sent at once."""

MOST_FILES_IN_ALL = 60
"""Files of one draft or case."""

MOST_PAGES = 50
"""Pages of one PDF."""

MOST_PIXELS = 64 * 1024 * 1024
"""Width times height of a picture as it arrives: phones take up to 50 million."""

KEPT_PIXELS = 9_000_000
"""Larger pictures are made smaller: an A4 page keeps about 260 dots an inch."""

LEAST_SIDE = 200
"""On a smaller picture no paper can be read."""

MOST_SIDE = 20_000
"""A screenshot of a long page is narrow and very tall."""

PREVIEW_SIDE = 480

MOST_OBJECTS = 20_000
"""Parts of one PDF."""

MOST_UNPACKED_STREAM = 128 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
"""Of one part of a PDF, and of all its parts together."""

MOST_DRAWINGS = 10_000
"""How often one page may draw the pieces it is made of, each piece counted as often as drawn."""

INSPECTION_SECONDS = 30
INSPECTION_MEMORY = 1024 * 1024 * 1024
"""What the process that opens a file may use."""
