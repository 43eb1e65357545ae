"""The claim wizard, page by page."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cases.printing.reading import text_of
from tests.claims.walking import ACCOUNT, BILL, VISIT, ClaimWalker
from tests.factories.institutions import make_institution
from tests.filings.walking import CHILD, HELPER, errors_of
from yibao.cases.models import Case
from yibao.claims.models import Claim, Invoice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
_real_localdate = timezone.localdate


@pytest.fixture
def walker(db, shipped, settings, tmp_path, monkeypatch, client: Client) -> ClaimWalker:
    """The shipped rules on 2026-12-01, files in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(
        timezone, "localdate", lambda value=None, zone=None: TODAY
        if value is None else _real_localdate(value, zone),
    )  # fmt: skip
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return ClaimWalker(client)


def test_a_claim_goes_from_the_notice_to_the_reference(walker: ClaimWalker) -> None:
    page = walker.claim()

    claim = Claim.objects.get()
    assert page.status_code == 200
    assert claim.case.shown_reference in page.content.decode()
    assert (claim.total_fen, claim.situation, claim.age) == (4_500_000, "other_temporary", 76)
    assert claim.case.person.read().bank_account == "6222000000000000000"
    assert set(claim.case.consents.values_list("purpose", flat=True)) == {"notice", "sensitive"}
    assert claim.case.uploads.count() >= 3


WUHAN = {
    "insured": "440300",
    "insurance": "employee",
    "group": "active",
    "care": "420100",
    "reason": "emergency",
    "filing": "emergency",
}
"""深圳 to 武汉: rules have gaps here (decisions.md 27)."""


def test_the_estimate_is_that_of_the_public_page(walker: ClaimWalker, client: Client) -> None:
    walker.until("confirm")
    preview = walker.get("confirm").content.decode()

    public = client.get(
        "/estimate/?insured=360100&care=310000&insurance=resident&group=adult&care_type=inpatient"
        "&level=tertiary&filing=other_temporary&total=45000&on=2026-11-28"
    ).content.decode()
    assert 'data-figure="fund_total" value="21240.00"' in public
    assert 'data-figure="fund_total" value="21240.00"' in preview


def test_the_last_look_names_the_clause_of_every_figure(walker: ClaimWalker) -> None:
    walker.until("confirm")

    page = walker.get("confirm").content.decode()

    cited = set(re.findall(r'data-citation="([^"]+)"', page)) - {"typed"}
    cited |= set(re.findall(r'class="cite" href="#([^"]+)"', page))
    assert len(cited) > 3
    assert all(f'id="{each}"' in page for each in cited)
    assert re.search(r'data-figure="fund_total"[^>]*data-citation="([^"]+)"', page)
    assert 'data-step="deductible"' in page


def test_where_nothing_can_be_estimated_the_gap_and_whom_to_ask_are_said(
    walker: ClaimWalker,
) -> None:
    walker.until("confirm", visit=WUHAN)

    page = walker.get("confirm").content.decode()

    assert 'data-figure="fund_total"' not in page
    gaps = re.findall(r'data-missing="([^"]+)" data-ask="([^"]+)"', page)
    assert gaps
    assert all("深圳" in ask for _missing, ask in gaps)


def test_a_second_submit_gives_the_first_claim(walker: ClaimWalker) -> None:
    walker.until("confirm")
    first = walker.post("confirm", {})
    again = walker.post("confirm", {})

    assert first.status_code == again.status_code == 302
    assert Case.objects.count() == 1


def test_a_duplicate_invoice_is_a_question(walker: ClaimWalker) -> None:
    walker.claim()
    second = ClaimWalker(walker.client)
    second.until("confirm")

    asked = second.post("confirm", {})
    assert asked.status_code == 422
    assert 'data-finding="duplicate"' in asked.content.decode()
    assert errors_of(asked) == {"findings_known": ["findings"]}
    assert second.post("confirm", {"findings_known": "on"}).status_code == 302
    assert Claim.objects.count() == 2


def test_what_the_checker_knew_is_filled_in(walker: ClaimWalker) -> None:
    walker.start(
        "?insured=360100&care=310000&insurance=resident&filing=unfiled&total=800&on=2026-11-28"
    )
    walker.until("visit")

    page = walker.get("visit").content.decode()
    assert "江西省南昌市 360100" in page
    assert 'value="2026-11-28"' in page
    assert walker.post("visit", VISIT).status_code == 302
    assert 'value="800"' in walker.get("bill").content.decode()


def test_an_institution_of_the_finder_needs_no_name(walker: ClaimWalker) -> None:
    hospital = make_institution("上海某医院", "310101", level="tertiary")
    walker.until("visit")
    answers = {k: v for k, v in VISIT.items() if k not in ("institution_name", "care", "level")}

    assert walker.post("visit", {**answers, "institution": hospital.code}).status_code == 302
    walker.until("confirm", visit={"institution": hospital.code})
    walker.post("confirm", {"findings_known": "on"})
    assert Claim.objects.get().institution_code == hospital.code


@pytest.mark.parametrize(
    ("step", "changes", "expected"),
    [
        ("visit", {"insured": ""}, {"insured": ["required"]}),
        ("visit", {"insured": "江西"}, {"insured": ["too_wide"]}),
        ("visit", {"care": "香港"}, {"care": ["abroad"]}),
        ("visit", {"institution_name": ""}, {"institution_name": ["required"]}),
        ("visit", {"institution_name": "医院😀"}, {"institution_name": ["hidden"]}),
        ("visit", {"institution": "H99999999999"}, {"institution": ["unknown"]}),
        ("visit", {"group": "retired"}, {"group": ["group"]}),
        ("visit", {"admitted_on": ""}, {"admitted_on": ["required"]}),
        ("visit", {"admitted_on": "2026-11-30"}, {"admitted_on": ["order"]}),
        ("visit", {"discharged_on": "2026-12-02"}, {"discharged_on": ["future"]}),
        ("visit", {"discharged_on": "2026-02-30"}, {"discharged_on": ["invalid"]}),
        ("visit", {"filing": ""}, {"filing": ["required"]}),
        ("visit", {"filing": "third_place"}, {"base_filing": ["required"]}),
        ("visit", {"reason": "x"}, {"reason": ["invalid_choice"]}),
        ("bill", {"total": ""}, {"total": ["required"]}),
        ("bill", {"total": "-5"}, {"total": ["negative"]}),
        ("bill", {"total": "0"}, {"total": ["zero"]}),
        ("bill", {"total": "一万"}, {"total": ["invalid"]}),
        ("bill", {"off_catalog": "50000"}, {"off_catalog": ["parts"]}),
        ("bill", {"invoice_1": ""}, {"invoice_1": ["required"]}),
        ("bill", {"invoice_2": "B"}, {"invoice_2_amount": ["required"]}),
        ("bill", {"invoice_1_on": "2027-01-01"}, {"invoice_1_on": ["future"]}),
        ("bill", {"lines": "阿莫西林"}, {"lines": ["amount"]}),
        ("bill", {"lines": "25.60"}, {"lines": ["name"]}),
        ("documents", {}, {"material_receipt": ["required"]}),
        ("account", {"bank_account": ""}, {"bank_account": ["required"]}),
        ("account", {"bank_account": "12ab"}, {"bank_account": ["invalid"]}),
        ("account", {"account_holder": "测试乙"}, {"account_holder": ["other_name"]}),
        ("account", {"notify": "email"}, {"email": ["required"]}),
    ],
)  # fmt: skip
def test_a_wrong_answer_has_its_error_and_stays(
    walker: ClaimWalker, step: str, changes: dict[str, str], expected: dict[str, list[str]]
) -> None:
    walker.until(step)
    right: dict[str, Any] = {"visit": VISIT, "bill": BILL, "account": ACCOUNT}.get(step, {})

    page = walker.post(step, {**right, **changes})

    assert page.status_code == 422
    found = errors_of(page)
    assert {name: found.get(name) for name in expected} == expected
    for typed in changes.values():
        if typed and typed not in ("x",):
            assert typed.replace("-", "") in page.content.decode().replace("-", "")


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("阿莫西林 25.60 甲\nCT检查\t300\t乙类\n\n退费 -10", [2560, 30_000, -1000]),
        ("床位费，3 天，1,200.00，丙", [120_000]),
    ],
)
def test_lines_are_read_as_people_type_them(
    walker: ClaimWalker, text: str, amounts: list[int]
) -> None:
    total = sum(amounts) / 100
    walker.claim(bill={"lines": text, "total": f"{total:.2f}"})

    lines = Claim.objects.get().lines.order_by("position")
    assert [line.amount_fen for line in lines] == amounts


def test_several_invoices_are_kept_by_their_hash_alone(walker: ClaimWalker) -> None:
    walker.claim(
        bill={
            "invoice_1_amount": "40000", "invoice_2": "NO-2", "invoice_2_amount": "5000",
        }
    )  # fmt: skip

    assert sorted(Invoice.objects.values_list("amount_fen", flat=True)) == [500_000, 4_000_000]
    assert "NO-20261128-001" not in str(list(Invoice.objects.values()))


def test_a_parent_takes_the_money_for_a_child(walker: ClaimWalker) -> None:
    child = {
        "id_number": CHILD, "helper": "relative", "helper_name": "测试丙",
        "helper_relation": "父亲", "helper_id_number": HELPER,
    }  # fmt: skip
    page = walker.claim(
        person=child, visit={"group": "minor"}, account={"account_holder": "测试丙"}
    )

    assert page.status_code == 200
    assert Claim.objects.get().age == 11


def test_nobody_skips_ahead(walker: ClaimWalker) -> None:
    walker.until("bill")

    assert walker.get("confirm").headers["Location"].endswith("/bill/")


def test_the_note_and_the_calendar_name_nobody(walker: ClaimWalker) -> None:
    walker.claim()

    note = walker.client.get(f"{walker.folder}note/")
    calendar = walker.client.get(f"{walker.folder}calendar.ics")
    assert note.status_code == 200
    for text in (note.content.decode(), calendar.content.decode()):
        assert "测试甲" not in text
        assert "11010519491231002X" not in text


def test_each_step_asks_the_database_little(
    walker: ClaimWalker, django_assert_max_num_queries: Any
) -> None:
    walker.until("confirm")
    for step, most in (("person", 3), ("visit", 3), ("bill", 3), ("documents", 4), ("account", 3)):
        with django_assert_max_num_queries(most):
            walker.get(step)


def test_the_printed_application_says_what_was_asked_for(walker: ClaimWalker) -> None:
    page = walker.claim().content.decode()

    paper = walker.client.get(f"{walker.folder}application.pdf")

    assert f"{walker.folder}application.pdf" in page
    assert f'action="{walker.folder}forget/"' in page
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Cache-Control"] == "no-store, private"
    words = text_of(paper.content).replace("\n", "")
    claim = Claim.objects.get()
    for said in (claim.case.shown_reference, "45,000.00", "21,240.00", "6222000000000000000"):
        assert said in words
    assert claim.institution_name in words


def test_who_sent_in_nothing_prints_nothing(walker: ClaimWalker) -> None:
    walker.until("confirm")

    assert walker.client.get(f"{walker.folder}application.pdf").status_code == 404
