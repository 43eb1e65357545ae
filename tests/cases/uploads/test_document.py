"""The page for operators says the bounds that the code has."""

import re

from tests.architecture.code import ROOT
from yibao.cases.uploads import limits

MIB = 1024 * 1024


def test_the_written_bounds_are_those_of_the_code():
    text = (ROOT / "yibao/docs/operations/uploads.md").read_text()
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.M))

    written = {
        what: int(re.match(r"[\d,]+", value)[0].replace(",", ""))
        for what, value in rows.items()
        if value[0].isdigit()
    }

    assert written == {
        "one file": limits.MOST_BYTES // MIB,
        "files of one paper, kept and at once": limits.MOST_FILES,
        "files of one draft or case": limits.MOST_FILES_IN_ALL,
        "pages of a PDF": limits.MOST_PAGES,
        "parts of a PDF": limits.MOST_OBJECTS,
        "one part of a PDF, unpacked": limits.MOST_UNPACKED_STREAM // MIB,
        "all parts of a PDF, unpacked": limits.MOST_UNPACKED // MIB,
        "pixels of a picture": limits.MOST_PIXELS,
        "shorter side of a picture, at least": limits.LEAST_SIDE,
        "longer side of a picture": limits.MOST_SIDE,
        "pixels of a picture as it is kept": limits.KEPT_PIXELS,
        "time to open one file": limits.INSPECTION_SECONDS,
        "memory to open one file": limits.INSPECTION_MEMORY // MIB,
    }
