"""A photograph made anew: upright, in plain colours, small enough, and without what it said."""

from io import BytesIO
from math import isqrt

from PIL import Image, ImageOps

from yibao.cases.uploads.content import Clean, ContentType, Reason, Refusal, Sort
from yibao.cases.uploads.limits import (
    KEPT_PIXELS,
    LEAST_SIDE,
    MOST_PIXELS,
    MOST_SIDE,
    PREVIEW_SIDE,
)

# Pillow warns from here on and raises at twice as much; we refuse before it decodes anything.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_QUALITY = 85
_PREVIEW_QUALITY = 70
_FLAT = 16
_ORIENTATION = 0x0112


def clean_picture(data: bytes, sort: Sort) -> Clean:
    """Return the picture as it is kept.

    Raises:
        Refusal: it is damaged, too large or small to be a paper, or shows nothing.
    """
    try:
        with Image.open(BytesIO(data), formats=(sort.value,)) as picture:
            _refuse_size(picture.width, picture.height)
            upright = _upright(picture)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, ArithmeticError) as error:
        if isinstance(error, Refusal):
            raise
        # Pillow answers to broken files with whatever its decoders happen to raise.
        raise Refusal(Reason.DAMAGED) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal(Reason.TOO_LARGE_PICTURE) from error
    preview = upright.copy()
    preview.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    shades = [shade for shade, count in enumerate(preview.convert("L").histogram()) if count]
    if shades[-1] - shades[0] < _FLAT:  # a finger on the lens, a page turned over
        raise Refusal(Reason.BLANK)
    return Clean(
        ContentType.JPEG, _as_jpeg(upright, _QUALITY), _as_jpeg(preview, _PREVIEW_QUALITY), 1
    )


def _refuse_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise Refusal(Reason.TOO_LARGE_PICTURE)
    if min(width, height) < LEAST_SIDE:
        raise Refusal(Reason.TOO_SMALL_PICTURE)


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture decoded, turned as it was held, on white, without anything else."""
    width, height = _kept_size(picture.width, picture.height)
    # A JPEG is decoded at a half or a quarter at once where that is enough.
    picture.draft("RGB", (width, height))
    picture.load()
    turned = picture.getexif().get(_ORIENTATION, 1)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    elif picture.mode in ("I", "I;16", "I;16B", "F"):
        # Sixteen bits of grey would otherwise be cut off at eight, not scaled to them.
        grey = picture.convert("I").point(lambda value: value * (1 / 256))
        flat = grey.convert("L").convert("RGB")
    else:
        flat = picture.convert("RGB")
    if flat.size != (width, height):
        flat = flat.resize((width, height), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    if turned in (2, 3, 4, 5, 6, 7, 8):
        bare.getexif()[_ORIENTATION] = turned
        bare = ImageOps.exif_transpose(bare)
        bare.info.clear()
    return bare


def _kept_size(width: int, height: int) -> tuple[int, int]:
    """Return the size at which a picture is kept: never more than KEPT_PIXELS in all.

    >>> _kept_size(6000, 6000)
    (3000, 3000)
    """
    if width * height <= KEPT_PIXELS:
        return width, height
    kept_width = max(1, isqrt(KEPT_PIXELS * width // height))
    return kept_width, max(1, kept_width * height // width)


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=False)
    return out.getvalue()
