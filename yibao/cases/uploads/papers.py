"""A PDF made anew: its pages as they are seen, and nothing that acts, asks or is attached.

Links, forms and comments are drawn onto the page as they look; scripts, actions, attachments,
layers that can be switched, and all that says who made the file are left out.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from yibao.cases.uploads.content import Clean, ContentType, Reason, Refusal
from yibao.cases.uploads.limits import (
    MOST_DRAWINGS,
    MOST_OBJECTS,
    MOST_PAGES,
    MOST_PIXELS,
    MOST_UNPACKED,
    MOST_UNPACKED_STREAM,
)

_PAGE_KEYS = frozenset(
    {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group", "/Parent"}
)
# What pieces of a page may carry and no reader needs.
_DROPPED = (
    "/Metadata",
    "/PieceInfo",
    "/AF",
    "/EF",
    "/OPI",
    "/Ref",
    "/Alternates",
    "/JS",
    "/JavaScript",
    "/OpenAction",
    "/XFA",
    "/LastModified",
    "/StructParent",
    "/StructParents",
)
_END = b"%%EOF"
_MOST_FILTERS = 3
_MOST_SIDE_POINTS = 14_400  # 200 inches, the most that readers promise to show (ISO 32000-1, C)
_DO = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do(?=[\s\]<(/]|$)")


def clean_paper(data: bytes) -> Clean:
    """Return the PDF as it is kept.

    Raises:
        Refusal: it is damaged, locked, an unfinished form, too long, or made to exhaust readers.
    """
    if _END not in data[-2048:]:
        raise Refusal(Reason.DAMAGED)
    try:
        with pikepdf.open(BytesIO(data)) as source, pikepdf.new() as target:
            return _rebuilt(source, target)
    except pikepdf.PasswordError as error:
        raise Refusal(Reason.LOCKED) from error
    except (MemoryError, RecursionError) as error:
        raise Refusal(Reason.BOMB) from error
    except Refusal:
        raise
    # qpdf answers to broken files with its own errors, and ours with what a missing part gives.
    except (
        pikepdf.PdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise Refusal(Reason.DAMAGED) from error


def _rebuilt(source: pikepdf.Pdf, target: pikepdf.Pdf) -> Clean:
    if source.is_encrypted:
        raise Refusal(Reason.LOCKED)
    if len(source.objects) > MOST_OBJECTS:
        raise Refusal(Reason.BOMB)
    count = len(source.pages)
    if count == 0:
        raise Refusal(Reason.DAMAGED)
    if count > MOST_PAGES:
        raise Refusal(Reason.TOO_MANY_PAGES)
    _draw_annotations(source)
    for page in source.pages:
        target.pages.append(page)
    for page in target.pages:
        for key in set(page.obj.keys()) - _PAGE_KEYS:
            del page.obj[key]
        _refuse_huge(page)
    _scrub(target)
    _refuse_endless_drawing(target)
    out = BytesIO()
    target.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return Clean(ContentType.PDF, out.getvalue(), b"", count)


def _draw_annotations(source: pikepdf.Pdf) -> None:
    """Make what was filled in, stamped and commented a part of the page, as it looks on screen."""
    form = source.Root.get("/AcroForm")
    if form is not None and ("/XFA" in form or bool(form.get("/NeedAppearances", False))):
        # Nobody but the program that made it can draw it; its fields would come out empty.
        raise Refusal(Reason.FORM)
    if any("/Annots" in page for page in source.pages):
        source.flatten_annotations("screen")


def _refuse_huge(page: pikepdf.Page) -> None:
    left, bottom, right, top = (float(number) for number in page.mediabox)
    if max(abs(right - left), abs(top - bottom)) > _MOST_SIDE_POINTS:
        raise Refusal(Reason.BOMB)


# --- each part ---------------------------------------------------------------------------------


def _scrub(pdf: pikepdf.Pdf) -> None:
    """Take out of every part what no reader needs, and refuse parts that unpack to too much."""
    unpacked = 0
    for part in pdf.objects:
        for dictionary in _dictionaries(part):
            for key in _DROPPED:
                if key in dictionary:
                    del dictionary[key]
        if isinstance(part, pikepdf.Stream):
            unpacked += _unpacked_size(part)
            if unpacked > MOST_UNPACKED:
                raise Refusal(Reason.BOMB)


def _dictionaries(part: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield a part and the dictionaries inside it that are no parts of their own."""
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += [inner for inner in each if _is_inside(inner)]
        elif isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
            yield each
            waiting += [inner for _key, inner in each.items() if _is_inside(inner)]


def _is_inside(inner: object) -> bool:
    return isinstance(inner, (pikepdf.Array, pikepdf.Dictionary)) and not inner.is_indirect


def _unpacked_size(stream: pikepdf.Stream) -> int:
    """Return how many bytes the part holds unpacked, a picture's as it is drawn."""
    if stream.get("/Subtype") == pikepdf.Name.Image:
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if pixels > MOST_PIXELS:
            raise Refusal(Reason.BOMB)
    filters = _filters(stream)
    if len(filters) > _MOST_FILTERS:
        raise Refusal(Reason.BOMB)
    if filters == ["/FlateDecode"]:
        return _inflated_size(stream.read_raw_bytes())
    if "/FlateDecode" in filters or "/LZWDecode" in filters or "/RunLengthDecode" in filters:
        # Several filters: the memory of the process is the bound.
        size = len(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
        if size > MOST_UNPACKED_STREAM:
            raise Refusal(Reason.BOMB)
        return size
    return len(stream.read_raw_bytes())


def _filters(stream: pikepdf.Stream) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(each) for each in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _inflated_size(packed: bytes) -> int:
    """Return the size of deflated bytes without ever holding more than a part of them."""
    size = 0
    inflater = zlib.decompressobj()
    try:
        while packed and not inflater.eof:
            size += len(inflater.decompress(packed, 1 << 20))
            packed = inflater.unconsumed_tail
            if size > MOST_UNPACKED_STREAM:
                raise Refusal(Reason.BOMB)
    except zlib.error:
        pass  # readers draw what came before the fault, and so much was counted
    return size


# --- pieces that draw pieces ---------------------------------------------------------------------


def _refuse_endless_drawing(pdf: pikepdf.Pdf) -> None:
    """Refuse pages that draw pieces which draw pieces, ten times each, ten deep."""
    known: dict[tuple[int, int], int] = {}
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        content = b"\n".join(_content(stream) for stream in streams)
        if _drawings(content, page.obj.get("/Resources"), known, depth=0) > MOST_DRAWINGS:
            raise Refusal(Reason.BOMB)


def _drawings(
    content: bytes,
    resources: pikepdf.Object | None,
    known: dict[tuple[int, int], int],
    *,
    depth: int,
) -> int:
    if depth > 20:
        raise Refusal(Reason.BOMB)
    pieces = resources.get("/XObject") if resources is not None else None
    if pieces is None:
        return 0
    total = 0
    for name in _DO.findall(content):
        piece = pieces.get("/" + name.decode("latin-1"))
        if not isinstance(piece, pikepdf.Stream):
            continue
        count = known.get(piece.objgen)
        if count is None:
            inner = piece.get("/Resources", resources)
            is_form = piece.get("/Subtype") == pikepdf.Name.Form
            # A piece that draws itself ends at the depth above.
            count = _drawings(_content(piece), inner, known, depth=depth + 1) if is_form else 0
            known[piece.objgen] = count = min(count + 1, MOST_DRAWINGS + 1)
        total += count
        if total > MOST_DRAWINGS:
            return total
    return total


def _content(stream: object) -> bytes:
    if not isinstance(stream, pikepdf.Stream):
        return b""
    return stream.read_bytes(pikepdf.StreamDecodeLevel.generalized)
