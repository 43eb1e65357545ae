"""What must not get in does not, each with its reason; what gets in is made anew."""

import os
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.cases.uploads.files import (
    archive,
    paper,
    pdf,
    photo,
    photo_with_place,
    picture_bytes,
    png_bomb,
    png_header_only,
)
from yibao.cases.uploads.content import ContentType, Reason, Refusal, recognise
from yibao.cases.uploads.inspection import clean
from yibao.cases.uploads.limits import KEPT_PIXELS, MOST_BYTES, MOST_PAGES
from yibao.cases.uploads.wording import WORDS, words_of


def reason_of(data):
    with pytest.raises(Refusal) as caught:
        clean(data)
    return caught.value.reason


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)

FORBIDDEN = {
    "nothing": (b"", Reason.EMPTY),
    "zeros": (bytes(5000), Reason.DAMAGED),
    "windows program": (b"MZ\x90\x00" + bytes(500), Reason.PROGRAM),
    "linux program": (b"\x7fELF\x02\x01\x01" + bytes(500), Reason.PROGRAM),
    "mac program": (b"\xcf\xfa\xed\xfe" + bytes(500), Reason.PROGRAM),
    "java class": (b"\xca\xfe\xba\xbe" + bytes(500), Reason.PROGRAM),
    "android code": (b"dex\n035\x00" + bytes(500), Reason.PROGRAM),
    "windows link": (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(500), Reason.PROGRAM),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", Reason.PROGRAM),
    "virus test": (EICAR, Reason.UNKNOWN),
    "svg": (SVG, Reason.WEB_PAGE),
    "svg after a mark": (b"\xef\xbb\xbf \n" + SVG, Reason.WEB_PAGE),
    "svg in utf-16": (SVG.decode().encode("utf-16"), Reason.WEB_PAGE),
    "svg with a declaration": (b'<?xml version="1.0"?>' + SVG, Reason.WEB_PAGE),
    "packed svg": (b"\x1f\x8b\x08" + bytes(100), Reason.OFFICE),
    "html": (b"<!DOCTYPE html><html><body>x", Reason.WEB_PAGE),
    "html without a head": (b"   <script>alert(1)</script>", Reason.WEB_PAGE),
    "xml with entities": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Reason.WEB_PAGE),
    "html application": (b"<HTA:APPLICATION>", Reason.WEB_PAGE),
    "word": (archive("word/document.xml"), Reason.OFFICE),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), Reason.OFFICE),
    "rich text": (b"{\\rtf1 text}", Reason.OFFICE),
    "zip": (archive(), Reason.OFFICE),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(100), Reason.OFFICE),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), Reason.OFFICE),
    "postscript": (b"%!PS-Adobe-3.0\n", Reason.OTHER_PICTURE),
    "gif": (picture_bytes(sort="GIF"), Reason.OTHER_PICTURE),
    "bmp": (picture_bytes(sort="BMP"), Reason.OTHER_PICTURE),
    "tiff": (picture_bytes(sort="TIFF"), Reason.OTHER_PICTURE),
    "ico": (b"\x00\x00\x01\x00" + bytes(100), Reason.OTHER_PICTURE),
    "photoshop": (b"8BPS\x00\x01" + bytes(100), Reason.OTHER_PICTURE),
    "jpeg 2000": (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100), Reason.OTHER_PICTURE),
    "avif": (
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + bytes(100),
        Reason.OTHER_PICTURE,
    ),
    "heic": (HEIC, Reason.HEIC),
    "heic of another brand": (
        b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00heic" + bytes(50),
        Reason.HEIC,
    ),
    "mp4": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isom" + bytes(100), Reason.VIDEO),
    "webm": (b"\x1a\x45\xdf\xa3" + bytes(100), Reason.VIDEO),
    "avi": (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(100), Reason.VIDEO),
    "mp3": (b"ID3\x03" + bytes(100), Reason.VIDEO),
    "text": ("我的身份证号码是……".encode(), Reason.UNKNOWN),
    "flash": (b"CWS\x0a" + bytes(100), Reason.UNKNOWN),
    "jpeg and zip": (photo() + archive(), Reason.HIDDEN),
    "png and zip": (picture_bytes(sort="PNG") + archive(), Reason.HIDDEN),
    "jpeg and html": (photo() + b"<html><body>x</body></html>", Reason.HIDDEN),
    "jpeg with a script in its comment": (
        photo(comment=b"<SCRIPT>alert(1)</SCRIPT>"),
        Reason.HIDDEN,
    ),
    "png and php": (picture_bytes(sort="PNG") + b"<?php system($_GET[0]); ?>", Reason.HIDDEN),
    "jpeg and pdf": (photo() + pdf(), Reason.HIDDEN),
    "jpeg and shell": (photo() + b"\n#!/bin/sh\n", Reason.HIDDEN),
    "pdf and zip": (pdf() + archive(), Reason.HIDDEN),
    "jpeg cut short": (photo()[:-3000], Reason.DAMAGED),
    "jpeg head only": (photo()[:300], Reason.DAMAGED),
    "three bytes of a jpeg": (b"\xff\xd8\xff", Reason.DAMAGED),
    "png cut short": (picture_bytes(sort="PNG")[:-300], Reason.DAMAGED),
    "webp cut short": (picture_bytes(sort="WEBP")[:-300], Reason.DAMAGED),
    "html named as png": (b"\x89PNG\r\n\x1a\n<b>x", Reason.DAMAGED),
    "pdf cut short": (pdf(5)[:-200], Reason.DAMAGED),
    "pdf of nothing": (b"%PDF-1.7\n%%EOF", Reason.DAMAGED),
    "pixel flood": (png_header_only(30_000, 30_000), Reason.TOO_LARGE_PICTURE),
    "a line of pixels": (png_header_only(200, 300_000), Reason.TOO_LARGE_PICTURE),
    "huge pdf page": (
        pdf(change=lambda doc: doc.pages[0].obj.__setitem__("/MediaBox", [0, 0, 99_999, 9])),
        Reason.BOMB,
    ),
    "a bomb of one colour": (png_bomb(), Reason.BLANK),
    "thumbnail": (picture_bytes(paper(120, 90)), Reason.TOO_SMALL_PICTURE),
    "one pixel": (picture_bytes(Image.new("RGB", (1, 1))), Reason.TOO_SMALL_PICTURE),
    "finger on the lens": (
        picture_bytes(Image.effect_noise((900, 900), 3).convert("RGB").point(lambda v: v // 20)),
        Reason.BLANK,
    ),
    "pages and pages": (pdf(MOST_PAGES + 1), Reason.TOO_MANY_PAGES),
    "eleven megabytes": (photo() + bytes(11 * 1024 * 1024), Reason.TOO_BIG),
    "one byte too many": (photo() + bytes(MOST_BYTES + 1 - len(photo())), Reason.TOO_BIG),
}


@pytest.mark.parametrize(("data", "reason"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_file_is_refused_for_its_reason(data, reason):
    assert reason_of(data) is reason


def test_every_reason_is_said_with_what_to_do():
    assert set(WORDS) == set(Reason)
    for reason in Reason:
        words = words_of(reason)
        assert str(words.problem).endswith("。")
        assert str(words.remedy).startswith(("请", "可", "苹果", "文档", "可能"))


@pytest.mark.parametrize("size", [0, 1])
def test_the_bound_of_bytes_is_inclusive(size):
    data = photo() + bytes(MOST_BYTES - len(photo()) + size)

    if size:
        assert reason_of(data) is Reason.TOO_BIG
    else:
        assert clean(data).content_type is ContentType.JPEG


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_is_turned_upright_and_says_nothing_about_itself(turned):
    found = clean(photo_with_place(turned))

    picture = Image.open(BytesIO(found.content))
    assert picture.size == ((1200, 900) if turned < 5 else (900, 1200))
    corner = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }
    right, low = corner[turned]
    dark = picture.getpixel((right * (picture.width - 1), low * (picture.height - 1)))
    assert max(dark) < 40  # the black corner is where the camera's mark says
    assert not picture.getexif()
    for secret in (b"Exif", b"PHONEMAKER", b"SECRET", b"ICC_PROFILE"):
        assert secret not in found.content
        assert secret not in found.preview


@pytest.mark.parametrize(
    ("mode", "sort"),
    [
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("L", "JPEG"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("CMYK", "JPEG"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_of_picture_becomes_a_plain_jpeg(mode, sort):
    found = clean(picture_bytes(paper(mode=mode), sort))

    picture = Image.open(BytesIO(found.content))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1200, 900))
    assert max(picture.getpixel((10, 10))) < 60
    assert min(picture.getpixel((1190, 20))) > 200


def test_sixteen_bits_of_grey_are_scaled_not_cut():
    row = (5_000).to_bytes(2, "little") * 300 + (60_000).to_bytes(2, "little") * 300
    grey = Image.frombytes("I;16", (600, 600), row * 600)

    picture = Image.open(BytesIO(clean(picture_bytes(grey, "PNG")).content))

    assert picture.getpixel((100, 100))[0] < 40
    assert picture.getpixel((500, 500))[0] > 220


def test_what_is_clear_stands_on_white():
    layer = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    layer.paste((0, 0, 0, 255), (0, 0, 300, 600))

    picture = Image.open(BytesIO(clean(picture_bytes(layer, "PNG")).content))

    assert min(picture.getpixel((550, 300))) > 240


def test_a_large_photo_is_made_smaller_and_a_long_screenshot_stays_readable():
    large = Image.open(BytesIO(clean(picture_bytes(paper(6000, 4500))).content))
    long = Image.open(BytesIO(clean(picture_bytes(paper(1080, 12_000))).content))

    assert large.width * large.height <= KEPT_PIXELS
    assert abs(large.width / large.height - 4 / 3) < 0.01
    assert long.width > 850


def test_the_film_that_a_phone_adds_is_left_out():
    found = clean(photo() + b"\x00\x00\x00\x18ftypmp42MOTIONFILM" + os.urandom(5000))

    assert b"MOTIONFILM" not in found.content


def test_an_animation_is_its_first_picture():
    frames = [paper(600, 600), Image.new("RGB", (600, 600), "red")]
    moving = picture_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:])

    picture = Image.open(BytesIO(clean(moving).content))

    assert max(picture.getpixel((20, 20))) < 60


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"%PDF-1.7\n", b"RIFF"]))
def test_any_bytes_are_taken_or_refused_and_nothing_else(noise, start):
    with suppress(Refusal):
        clean(start + noise)


@settings(max_examples=60)
@given(st.data())
def test_a_photo_with_wrong_bytes_is_taken_or_refused_and_nothing_else(data):
    original = bytearray(data.draw(st.sampled_from([_SMALL_JPEG, _SMALL_PNG, _SMALL_PDF])))
    for _ in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = clean(bytes(original))
    except Refusal:
        return
    assert recognise(found.content).value in ("JPEG", "PDF")


_SMALL_JPEG = picture_bytes(paper(220, 220))
_SMALL_PNG = picture_bytes(paper(220, 220), "PNG")
_SMALL_PDF = pdf(2)
