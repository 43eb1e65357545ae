"""Read back what stands on the pages of a PDF: text as a reader copies it, and its codes."""

import re
from io import BytesIO

import pikepdf

_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_CHAR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def texts_of(content: bytes) -> list[str]:
    """Return each piece of text on all pages, in the order in which it was drawn."""
    found = []
    with pikepdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            maps = {name: _signs_of(font) for name, font in page.obj["/Resources"]["/Font"].items()}
            signs: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    signs = maps[str(operands[0])]
                elif str(operator) in ("Tj", "TJ"):
                    parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                    raw = b"".join(bytes(part) for part in parts if _is_text(part))
                    codes = (
                        int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)
                    )
                    found.append("".join(signs[code] for code in codes))
    return found


def text_of(content: bytes) -> str:
    """Return all text of a PDF in one line."""
    return "".join(texts_of(content))


def _is_text(part: object) -> bool:
    return isinstance(part, pikepdf.String)


def _signs_of(font: pikepdf.Object) -> dict[int, str]:
    cmap = font["/ToUnicode"].read_bytes().decode("latin-1")
    signs = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, start in _RANGE.findall(block):
            for offset in range(int(last, 16) - int(first, 16) + 1):
                signs[int(first, 16) + offset] = chr(int(start, 16) + offset)
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, sign in _CHAR.findall(block):
            signs[int(code, 16)] = bytes.fromhex(sign).decode("utf-16-be")
    return signs


def squares_of(content: bytes) -> list[tuple[float, float, float, float]]:
    """Return the filled rectangles of the first page: x, y from above, width, height, in points."""
    with pikepdf.open(BytesIO(content)) as pdf:
        page = pdf.pages[0]
        height = float(page.mediabox[3])
        found = []
        last = None
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "re":
                x, y, width, tall = (float(number) for number in operands)
                last = (x, height - y, width, -tall)
            elif str(operator) == "f" and last is not None:
                found.append(last)
    return found


def modules_of(content: bytes, size: int, border: int = 4) -> list[list[int]]:
    """Return the code drawn on the first page as rows of 0 and 1, without its quiet border."""
    squares = squares_of(content)
    side = min(height for _x, _y, _width, height in squares)
    left = min(x for x, _y, _width, _height in squares)
    top = min(y for _x, y, _width, _height in squares)
    rows = [[0] * size for _ in range(size)]
    for x, y, width, _height in squares:
        line = round((y - top) / side)
        start = round((x - left) / side)
        for place in range(start, start + round(width / side)):
            rows[line][place] = 1
    return rows
