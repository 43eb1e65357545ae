"""A claim in a real browser: a traveller's emergency, paid by himself, claimed with photos."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cases.uploads.files import photo
from tests.filings.walking import CHILD, HELPER, RESIDENT
from yibao.claims.models import Claim

OpenPage = Callable[..., Page]
TODAY = date(2026, 12, 1)
_localdate = timezone.localdate
CHECK = (
    "/check/?insured=440300&care=420100&insurance=employee&urgency=emergency&care_type=inpatient"
    "&stage=discharged&on=2026-11-28"
)


@pytest.fixture(autouse=True)
def that_day(transactional_db: None, shipped: None, settings, tmp_path, monkeypatch) -> None:
    """The shipped rules on 2026-12-01, files in a folder of the test's own."""
    settings.DATA_DIR = tmp_path

    def localdate(value: datetime | None = None, *zone: Any) -> date:
        return TODAY if value is None else _localdate(value, *zone)

    monkeypatch.setattr(timezone, "localdate", localdate)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.jpg"
    path.write_bytes(photo())
    return path


def claim_an_emergency(page: Page, paper: Path) -> Claim:
    """Send in the claim of somebody of 深圳 who was rescued in 武汉, and return it."""
    agree(page)
    say_who(page, "测试甲", RESIDENT)
    page.locator("#id_insured").fill("深圳市")
    page.locator("[name=insurance][value=employee]").check()
    page.locator("[name=group][value=active]").check()
    page.locator("[name=reason][value=emergency]").check()
    page.locator("#id_institution_name").fill("武汉某医院")
    page.locator("#id_care").fill("武汉市")
    page.locator("[name=level][value=tertiary]").check()
    page.locator("[name=care_type][value=inpatient]").check()
    page.locator("#id_admitted_on").fill("2026-11-10")
    page.locator("#id_discharged_on").fill("2026-11-20")
    page.locator("#id_filing").select_option("emergency")
    page.locator("[name=trauma][value=no]").check()
    go_on(page)
    page.locator("#id_total").fill("12,000.50")
    page.locator("#id_invoice_1").fill("NO-1")
    go_on(page)
    hand_in_all(page, paper)
    go_on(page)
    name_account(page, "测试甲")
    go_on(page)
    send_in(page)
    return Claim.objects.select_related("case").get()


def agree(page: Page) -> None:
    page.get_by_label("我已经看过告知书").check()
    page.get_by_label("我单独同意").check()
    page.get_by_role("button", name="我已阅读").click()


def say_who(page: Page, name: str, number: str) -> None:
    page.locator("#id_name").fill(name)
    page.locator("#id_id_number").fill(number)
    go_on(page)


def name_account(page: Page, holder: str) -> None:
    page.locator("#id_bank_name").fill("某银行")
    page.locator("#id_bank_account").fill("6222 0000 0000 0000")
    page.locator("#id_account_holder").fill(holder)
    page.locator("#id_phone").fill("13900000000")


def hand_in_all(page: Page, paper: Path) -> None:
    for field in page.locator("input[type=file][name^=material_]").all():
        name = (field.get_attribute("name") or "").removeprefix("material_")
        page.locator(f"#id_material_{name}").set_input_files(paper)
        expect(page.locator(f"#upload-{name} .upload-file")).to_be_visible(timeout=30_000)


def send_in(page: Page) -> None:
    known = page.locator("input[name=findings_known]")
    if known.count():
        known.check(force=True)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，等待审核")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="继续", exact=True).click()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_traveller_claims_an_emergency(
    javascript: bool,
    open_page: OpenPage,
    paper: Path,
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    def look() -> None:
        if javascript:
            assert axe_violations(page) == []
            assert not overflows(page)

    page = open_page(CHECK, phone=True, javascript=javascript)
    expect(page.locator("#decision")).to_have_attribute("data-outcome", "manual_claim")
    page.get_by_role("link", name="申请手工报销").first.click()
    look()
    agree(page)
    say_who(page, "测试甲", RESIDENT)

    expect(page.get_by_label("急诊抢救", exact=True).first).to_be_checked()
    page.get_by_label("在职", exact=True).check()
    go_on(page)
    expect(page.locator("#id_institution_name-error")).to_be_visible()
    look()
    page.locator("#id_institution_name").fill("武汉某医院")
    page.get_by_label("三级", exact=False).check()
    page.locator("#id_admitted_on").fill("2026-11-20")
    page.locator("#id_filing").select_option("emergency")
    go_on(page)

    page.locator("#id_total").fill("12,000.50")
    page.locator("#id_invoice_1").fill("NO-1")
    look()
    go_on(page)
    for field in page.locator("input[type=file][name^=material_]").all():
        name = (field.get_attribute("name") or "").removeprefix("material_")
        page.locator(f"#id_material_{name}").set_input_files(paper)
        if not javascript:
            button = page.locator(f"#upload-{name}").get_by_role("button", name="上传选好的文件")
            button.click()
        expect(page.locator(f"#upload-{name} .upload-file")).to_be_visible(timeout=30_000)
    look()
    go_on(page)
    name_account(page, "测试甲")
    look()
    go_on(page)

    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("main")).to_contain_text("622***********00")
    look()
    send_in(page)
    look()
    claim = Claim.objects.get()
    expect(page.locator("[data-figure=reference]")).to_have_attribute(
        "value", claim.case.shown_reference
    )
    assert (claim.total_fen, claim.reason, claim.situation) == (
        1_200_050, "emergency", "emergency",
    )  # fmt: skip


def test_a_mother_claims_for_her_child(
    open_page: OpenPage,
    paper: Path,
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    page = open_page("/claims/new/", phone=True)
    agree(page)
    say_who(page, "测试丙", CHILD)
    expect(page.get_by_role("alert")).to_contain_text("监护人")
    page.get_by_label("我替家人办").check()
    page.locator("#id_helper_name").fill("测试乙")
    page.locator("#id_helper_relation").fill("母亲")
    page.locator("#id_helper_id_number").fill(HELPER)
    assert axe_violations(page) == []
    go_on(page)

    page.locator("#id_insured").fill("南昌市")
    page.get_by_label("居民医保").check()
    page.get_by_label("未成年人", exact=False).first.check()
    page.locator("[name=reason][value=unfiled]").check()
    page.locator("#id_institution_name").fill("上海某医院")
    page.locator("#id_care").fill("上海市")
    page.locator("[name=level][value=tertiary]").check()
    page.locator("[name=care_type][value=outpatient]").check()
    page.locator("#id_discharged_on").fill("2026-11-20")
    page.locator("#id_filing").select_option("other_temporary")
    page.locator("[name=trauma][value=no]").check()
    go_on(page)
    page.locator("#id_total").fill("320")
    page.locator("#id_invoice_1").fill("NO-7")
    go_on(page)
    hand_in_all(page, paper)
    go_on(page)
    name_account(page, "测试丁")
    go_on(page)
    expect(page.locator("#id_account_holder-error")).to_contain_text("一字不差")
    page.locator("#id_account_holder").fill("测试乙")
    go_on(page)
    expect(page.locator("main")).to_contain_text("母亲")
    assert axe_violations(page) == []
    assert not overflows(page)
    send_in(page)

    person = Claim.objects.get().case.person.read()
    assert (person.name, person.account_holder) == ("测试丙", "测试乙")
