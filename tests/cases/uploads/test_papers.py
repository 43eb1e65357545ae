"""PDFs made anew: as they look, without what acts, hides or exhausts."""

import zlib
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.cases.uploads.files import pdf
from yibao.cases.uploads.content import ContentType, Reason, Refusal
from yibao.cases.uploads.inspection import clean


def reason_of(data):
    with pytest.raises(Refusal) as caught:
        clean(data)
    return caught.value.reason


def script(document):
    return document.make_indirect(
        Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert('PLANTED')"))
    )


def open_action(document):
    document.Root.OpenAction = script(document)


def named_script(document):
    document.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([pikepdf.String("a"), script(document)]))
    )


def page_action(document):
    document.pages[0].obj["/AA"] = Dictionary(O=script(document))


def catalog_action(document):
    document.Root.AA = Dictionary(WC=script(document))


def launch(document):
    annotate(document, A=Dictionary(S=Name.Launch, F=pikepdf.String("PLANTED.exe")))


def link(document):
    annotate(document, A=Dictionary(S=Name.URI, URI=pikepdf.String("https://PLANTED.example")))


def submit(document):
    annotate(document, A=Dictionary(S=Name.SubmitForm, F=pikepdf.String("https://PLANTED.example")))


def annotate(document, **more):
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 500, 500]), **more)
    document.pages[0].obj["/Annots"] = document.make_indirect(Array([note]))


def attachment(document):
    document.attachments["PLANTED.exe"] = b"MZ PLANTED"


def rich_media(document):
    annotate(document, RichMediaContent=Dictionary(Assets=pikepdf.String("PLANTED")))


def author(document):
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["PLANTED"]
    document.docinfo["/Author"] = pikepdf.String("PLANTED")


def piece_info(document):
    document.pages[0].obj["/PieceInfo"] = Dictionary(App=pikepdf.String("PLANTED"))


def outline(document):
    with document.open_outline() as contents:
        contents.root.append(pikepdf.OutlineItem("PLANTED", 0))


def labels(document):
    document.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=pikepdf.String("PLANTED"))]))


def hidden_layer(document):
    group = document.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String("PLANTED")))
    document.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group])))


def image_metadata(document):
    image = document.make_stream(b"\x00" * 100)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height, image.BitsPerComponent = 10, 10, 8
    image.ColorSpace = Name.DeviceGray
    image.Metadata = document.make_stream(b"<x>PLANTED</x>")
    document.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Im0=image)


PLANTS = [
    open_action,
    named_script,
    page_action,
    catalog_action,
    launch,
    link,
    submit,
    attachment,
    rich_media,
    author,
    piece_info,
    outline,
    labels,
    hidden_layer,
    image_metadata,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_acts_or_tells_is_left_out_and_the_page_stays(plant):
    data = pdf(2, change=plant)
    assert _spelled(data).find(b"PLANTED") >= 0  # the drill itself works

    found = clean(data)

    assert (found.content_type, found.pages, found.preview) == (ContentType.PDF, 2, b"")
    spelled = _spelled(found.content)
    assert b"PLANTED" not in spelled
    assert b"(Page 1)" in spelled
    for key in (b"/JS", b"/JavaScript", b"/OpenAction", b"/AA", b"/Launch", b"/Annots", b"/Names"):
        assert key not in spelled
    with pikepdf.open(BytesIO(found.content)) as document:
        assert len(document.pages) == 2
        assert not document.docinfo


def _spelled(data):
    """The whole file with everything unpacked, so that nothing can hide in a stream."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as document:
        document.save(
            out,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


def test_the_same_pdf_comes_out_the_same():
    assert clean(pdf(3)).content == clean(pdf(3)).content


def test_a_page_that_lies_on_its_side_stays_so():
    def turn(document):
        for page in document.pages:
            del page.obj["/MediaBox"]
        document.Root.Pages.Rotate = 90
        document.Root.Pages.MediaBox = Array([0, 0, 595, 842])

    found = clean(pdf(change=turn))

    with pikepdf.open(BytesIO(found.content)) as document:
        assert int(document.pages[0].obj["/Rotate"]) == 90
        assert int(document.pages[0].mediabox[3]) == 842


def form(document, **more):
    appearance = document.make_stream(b"BT /F1 12 Tf (FILLED IN) Tj ET")
    appearance.Type, appearance.Subtype = Name.XObject, Name.Form
    appearance.BBox = Array([0, 0, 100, 20])
    appearance.Resources = document.pages[0].obj["/Resources"]
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=pikepdf.String("a"),
            V=pikepdf.String("FILLED IN"),
            F=4,
            Rect=Array([0, 0, 100, 20]),
            AP=Dictionary(N=appearance),
        )
    )
    document.pages[0].obj["/Annots"] = Array([field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]), **more)


def test_what_was_filled_into_a_form_stays_on_the_page():
    found = clean(pdf(change=form))

    spelled = _spelled(found.content)
    assert b"FILLED IN" in spelled
    assert b"/AcroForm" not in spelled
    assert b"/Widget" not in spelled


@pytest.mark.parametrize("more", [{"NeedAppearances": True}, {"XFA": Array([])}])
def test_a_form_that_only_its_program_can_draw_is_refused(more):
    assert reason_of(pdf(change=lambda document: form(document, **more))) is Reason.FORM


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_locked_pdf_is_refused(user):
    locked = pdf(save={"encryption": pikepdf.Encryption(owner="owner", user=user)})

    assert reason_of(locked) is Reason.LOCKED


def packed_content(size):
    def change(document):
        stream = document.make_stream(b"")
        stream.write(zlib.compress(b" " * size, 9), filter=Name.FlateDecode)
        document.pages[0].obj["/Contents"] = stream

    return change


def test_a_stream_that_unpacks_to_too_much_is_a_bomb():
    data = pdf(change=packed_content(140 * 1024 * 1024))
    assert len(data) < 200_000

    assert reason_of(data) is Reason.BOMB


def test_many_streams_that_unpack_to_too_much_together_are_a_bomb():
    def change(document):
        packed = zlib.compress(b" " * (100 * 1024 * 1024), 9)
        images = Dictionary()
        for number in range(6):
            image = document.make_stream(b"")
            image.write(packed + bytes([number]), filter=Name.FlateDecode)
            image.Subtype, image.Width, image.Height = Name.Image, 5000, 5000
            images[f"/Im{number}"] = image
        document.pages[0].obj["/Resources"]["/XObject"] = images

    assert reason_of(pdf(change=change)) is Reason.BOMB


def image_of(width, height, filters=None):
    def change(document):
        image = document.make_stream(b"\xff\xd8\xff")
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height = width, height
        if filters:
            image.Filter = Array(filters)
        document.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Im0=image)

    return change


@pytest.mark.parametrize(
    "change",
    [image_of(100_000, 100_000), image_of(10, 10, [Name.FlateDecode] * 5)],
    ids=["pixels", "filters"],
)
def test_a_picture_in_a_pdf_is_bounded_too(change):
    assert reason_of(pdf(change=change)) is Reason.BOMB


def test_pieces_that_draw_pieces_ten_deep_are_a_bomb():
    def change(document):
        piece = document.make_stream(b"0 0 1 1 re f")
        piece.Type, piece.Subtype, piece.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        for _ in range(8):
            outer = document.make_stream(b"/Im0 Do " * 10)
            outer.Type, outer.Subtype, outer.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
            outer.Resources = Dictionary(XObject=Dictionary(Im0=piece))
            piece = outer
        document.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Im0=piece)
        document.pages[0].obj["/Contents"] = document.make_stream(b"/Im0 Do")

    assert reason_of(pdf(change=change)) is Reason.BOMB


def test_a_piece_that_draws_itself_is_a_bomb():
    def change(document):
        piece = document.make_stream(b"/Im0 Do")
        piece.Type, piece.Subtype, piece.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        piece = document.make_indirect(piece)
        piece.Resources = Dictionary(XObject=Dictionary(Im0=piece))
        document.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Im0=piece)
        document.pages[0].obj["/Contents"] = document.make_stream(b"/Im0 Do")

    assert reason_of(pdf(change=change)) is Reason.BOMB


def test_a_logo_on_every_page_is_no_bomb():
    def change(document):
        logo = document.make_stream(b"0 0 1 1 re f")
        logo.Type, logo.Subtype, logo.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        for page in document.pages:
            page.obj["/Resources"]["/XObject"] = Dictionary(Im0=logo)
            page.contents_add(document.make_stream(b"/Im0 Do"))

    assert clean(pdf(20, change=change)).pages == 20


def test_more_parts_than_any_paper_has_are_a_bomb():
    def change(document):
        document.pages[0].obj["/Resources"]["/X"] = Array(
            [document.make_indirect(Dictionary(N=number)) for number in range(20_001)]
        )

    assert reason_of(pdf(change=change)) is Reason.BOMB


def test_a_page_tree_that_is_a_circle_is_refused():
    def change(document):
        document.Root.Pages.Kids.append(document.Root.Pages)

    assert reason_of(pdf(change=change)) in (Reason.DAMAGED, Reason.BOMB)
