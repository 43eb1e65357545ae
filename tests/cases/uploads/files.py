"""Files as people and attackers send them, made in memory."""

import zipfile
import zlib
from io import BytesIO

import pikepdf
from PIL import Image, ImageDraw

NAME = "张三身份证.jpg"


def paper(width: int = 1200, height: int = 900, mode: str = "RGB") -> Image.Image:
    """A picture with dark writing on light ground; the upper left corner is black."""
    picture = Image.new("RGB", (width, height), "#f4f1ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 4, height // 4), fill="black")
    for line in range(10):
        y = height // 3 + line * height // 16
        draw.rectangle((width // 10, y, width * 9 // 10, y + height // 60), fill="#222")
    return picture.convert(mode)


def picture_bytes(picture: Image.Image | None = None, sort: str = "JPEG", **how: object) -> bytes:
    out = BytesIO()
    (picture or paper()).save(out, sort, **how)
    return out.getvalue()


def photo(**how: object) -> bytes:
    return picture_bytes(**how)


def photo_with_place(turned: int = 6) -> bytes:
    """A photograph as a phone makes it: held sideways, with the place where it was taken."""
    picture = paper()
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "PHONEMAKER"
    exif[0x8825] = {1: "N", 2: (30.0, 40.0, 50.0)}
    exif[0x9286] = "SECRETREMARK"
    return picture_bytes(picture, exif=exif.tobytes(), comment=b"SECRETCOMMENT")


def pdf(pages: int = 1, *, save: dict[str, object] | None = None, change: object = None) -> bytes:
    """A PDF of empty pages with a line on each; `change(pdf)` puts more into it."""
    out = BytesIO()
    with pikepdf.new() as document:
        for number in range(pages):
            document.add_blank_page(page_size=(595, 842))
            page = document.pages[number]
            text = f"BT /F1 24 Tf 72 720 Td (Page {number + 1}) Tj ET".encode()
            page.contents_add(document.make_stream(text))
            page.obj["/Resources"] = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(
                    F1=pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.Type1,
                        BaseFont=pikepdf.Name.Helvetica,
                    )
                )
            )
        if callable(change):
            change(document)
        document.save(out, **(save or {}))
    return out.getvalue()


def archive(name: str = "a.txt", content: bytes = b"text") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, content)
    return out.getvalue()


def png_header_only(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checked = kind + body
        return len(body).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def png_bomb(width: int = 8000, height: int = 8000) -> bytes:
    """A PNG within the pixel bound whose rows are all there: 64 MB out of some 60 kB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checked = kind + body
        return len(body).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress(b"\x00" * ((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
