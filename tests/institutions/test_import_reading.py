"""A file that is not an honest list is refused whole, and the refusal says why."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.institutions.lists import HEADER, XIEHE, text, workbook, zipped
from yibao.institutions.imports import reading
from yibao.institutions.imports.reading import ImportFileRefused, open_list


def _read(path):
    with open_list(path) as found:
        return (
            found.headers,
            found.encoding,
            [
                (line, row)
                for batch in found.batches
                for line, row in zip(batch.lines, batch.rows, strict=True)
            ],
        )


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "list"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030")]
)
def test_knows_the_encoding(file, encoding, found):
    headers, name, rows = _read(file(text(XIEHE, "H1,㐀𠮷医院".ljust(40, ",")).encode(encoding)))

    assert headers == tuple(HEADER.split(","))
    assert name == found
    assert rows[0] == (2, XIEHE.split(","))
    assert rows[1][1][1].startswith("㐀𠮷医院")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空"),
        (text(XIEHE).encode("utf-16"), "UTF-16"),
        (text(XIEHE).encode()[:-30] + b"\xff\xff" + text(XIEHE).encode(), "已损坏"),
        (b"a,b\n\xff\xfe\xfa\x80,1\n", "既不是 UTF-8 也不是 GB18030"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧格式"),
        (("名称,名称,区划\n" + "a,b,c\n").encode(), "出现了两次"),
        (("名称,,区划\n" + "a,b,c\n").encode(), "第 2 列没有表头"),
        ("只有一列\n".encode(), "没有读到表头"),
        (f"名称,区划{',x' * 100}".encode(), "多于 100 列"),
        ('名称,区划\n"没有关上的引号,110101\n'.encode() + b"x" * 200_000, "引号不成对"),
        ('名称,区划\n"甲"乙,110101\n'.encode(), "引号不成对"),
    ],
)
def test_refuses_a_broken_text_file(file, content, reason):
    with pytest.raises(ImportFileRefused, match=reason):
        _read(file(content))


def test_refuses_a_file_over_the_limit_without_reading_it(file, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)

    with pytest.raises(ImportFileRefused, match="上限"):
        _read(file(b"\xff" * 1001))


def test_the_limit_is_below_200_megabytes():
    assert reading.MAX_BYTES < 200_000_000


def test_numbers_lines_across_quoted_line_breaks_and_blank_lines(file):
    _headers, _encoding, rows = _read(file('名称,区划\n"甲\n院",110101\n\n乙院,110105\n'.encode()))

    assert rows == [(2, ["甲\n院", "110101"]), (4, []), (5, ["乙院", "110105"])]


def test_says_of_a_batch_whether_odd_signs_are_in_it(file):
    with open_list(file(text(XIEHE).encode())) as found:
        assert [batch.is_plain for batch in found.batches] == [True]
    with open_list(file(text(XIEHE.replace("帅府", "帅\u202e府")).encode())) as found:
        assert [batch.is_plain for batch in found.batches] == [False]


# --- XLSX ------------------------------------------------------------------------------


def test_reads_a_workbook_as_people_see_it(file):
    rows = [
        ["名称", "区划代码", "电话", None],
        ["协和医院", 110101, 69156114.0, None],
        [],
        ["乙院", "110105", None],
    ]

    headers, encoding, found = _read(file(workbook(rows)))

    assert (headers, encoding) == (("名称", "区划代码", "电话"), "xlsx")
    assert found == [
        (2, ["协和医院", "110101", "69156114"]),
        (3, []),
        (4, ["乙院", "110105", ""]),
    ]


def test_refuses_merged_cells(file):
    merged = workbook([["名称", "区划代码"], ["甲院", "110101"]], lambda s: s.merge_cells("A2:A3"))

    with pytest.raises(ImportFileRefused, match="合并的单元格"):
        _read(file(merged))


def test_refuses_several_sheets(file):
    content = workbook([["名称", "区划代码"]], lambda sheet: sheet.parent.create_sheet("二"))

    with pytest.raises(ImportFileRefused, match="2 个工作表"):
        _read(file(content))


def test_refuses_a_zip_bomb_by_its_directory_before_unpacking(file, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 10_000_000)
    bomb = file(zipped(xl__workbook="<w/>", xl__worksheets__sheet1="0" * 20_000_000))
    assert bomb.stat().st_size < 100_000
    monkeypatch.setattr(reading, "_check_part", lambda *_: pytest.fail("a part was unpacked"))

    with pytest.raises(ImportFileRefused, match="超过上限"):
        _read(bomb)


def test_refuses_a_zip_bomb_whose_directory_lies(file):
    """The directory states a thousand bytes; the sheet would unpack to twenty million."""
    content = zipped(xl__workbook="<w/>", xl__worksheets__sheet1="0" * 20_000_000)
    honest, lie = (20_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert content.count(honest) == 2

    with pytest.raises(ImportFileRefused, match="已损坏"):
        _read(file(content.replace(honest, lie)))


def test_refuses_doubled_headers_in_a_workbook(file):
    with pytest.raises(ImportFileRefused, match="“名称”出现了两次"):
        _read(file(workbook([["名称", "区划代码", " 名 称"], ["甲院", "110101", "乙院"]])))


def test_refuses_merged_headers(file):
    merged = workbook([["名称", "区划代码"], ["甲院", "110101"]], lambda s: s.merge_cells("A1:B1"))

    with pytest.raises(ImportFileRefused, match="合并的单元格"):
        _read(file(merged))


def test_refuses_shared_texts_that_would_fill_the_memory(file, monkeypatch):
    monkeypatch.setattr(reading, "MAX_SHARED_TEXTS", 1_000_000)

    with pytest.raises(ImportFileRefused, match="超过上限"):
        _read(file(zipped(xl__workbook="<w/>", xl__sharedStrings="0" * 2_000_000)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(word__document="<w/>"), "不是 xlsx"),
        (zipped(xl__workbook="<!DOCTYPE a [<!ENTITY b 'c'>]><w/>"), "不该有的声明"),
        (zipped(xl__workbook="<w/>")[:-30], "已损坏"),
        (zipped(xl__workbook="<w/>"), "已损坏"),
    ],
)
def test_refuses_what_is_no_workbook(file, content, reason):
    with pytest.raises(ImportFileRefused, match=reason):
        _read(file(content))


def test_refuses_too_many_parts(file, monkeypatch):
    monkeypatch.setattr(reading, "MAX_PARTS", 3)

    with pytest.raises(ImportFileRefused, match="部件太多"):
        _read(file(workbook([["名称", "区划代码"]])))


def test_reading_a_formula_gives_no_formula(file):
    content = workbook([["名称", "区划代码"], ["=1+1", "110101"]])
    path = file(content)
    assert load_workbook(BytesIO(content)).active["A2"].data_type == "f"

    _headers, _encoding, rows = _read(path)

    assert rows == [(2, ["", "110101"])]
