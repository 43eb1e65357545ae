"""The filing wizard, page by page."""

from tests.filings.walking import Walker


def test_a_filing_by_commitment_letter(walker: Walker) -> None:
    page = walker.file()
    assert page.status_code == 200
    print(page.content.decode())
