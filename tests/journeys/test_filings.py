"""A filing in a real browser: with a letter, with a referral's photo, for a parent."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cases.uploads.files import photo
from tests.filings.walking import CHILD, HELPER, RESIDENT
from yibao.filings.models import Filing

OpenPage = Callable[..., Page]
TODAY = date(2026, 12, 1)
_localdate = timezone.localdate
START = "/filings/new/?insured=370600&care=510100&insurance=employee&category=retiree_resettled"


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


@pytest.fixture
def look(
    axe_violations: Callable[[Page], list[str]], overflows: Callable[[Page], bool]
) -> Iterator[Callable[[Page], None]]:
    """Check a page as it stands, where scripts may run: no violation, nothing too wide."""

    def check(page: Page) -> None:
        if page.evaluate("typeof window.htmx") == "object":
            assert axe_violations(page) == []
            assert not overflows(page)

    return check


def go_on(page: Page) -> None:
    page.get_by_role("button", name="继续", exact=True).click()


def agree(page: Page) -> None:
    page.get_by_label("我已经看过告知书").check()
    page.get_by_label("我单独同意").check()
    page.get_by_role("button", name="我已阅读").click()


def upload(page: Page, material: str, paper: Path, *, javascript: bool) -> None:
    page.locator(f"#id_material_{material}").set_input_files(paper)
    if not javascript:
        page.locator(f"#upload-{material}").get_by_role("button", name="上传选好的文件").click()
    kept = page.locator(f"#upload-{material} .upload-file")
    expect(kept).to_be_visible(timeout=30_000)


def reference_on(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，等待审核")
    value = page.locator("[data-figure=reference]").get_attribute("value")
    assert value
    assert re.fullmatch(r"YB(-[2-9A-HJ-NP-X]{4}){3}", value)
    return value


@pytest.mark.parametrize("javascript", [True, False])
def test_a_retiree_files_with_a_letter(
    javascript: bool, open_page: OpenPage, paper: Path, look: Callable[[Page], None]
) -> None:
    page = open_page(START, phone=True, javascript=javascript)
    look(page)
    page.get_by_role("button", name="我已阅读").click()
    expect(page.get_by_role("alert")).to_contain_text("请改正")
    agree(page)
    page.locator("#id_name").fill("测试甲")
    page.locator("#id_id_number").fill("110105194912310021")
    go_on(page)
    expect(page.locator("#id_id_number-error")).to_contain_text("校验位")
    expect(page.locator("#id_name")).to_have_value("测试甲")
    look(page)
    page.locator("#id_id_number").fill(RESIDENT)
    go_on(page)
    expect(page.locator("#id_care")).to_have_value(re.compile("成都市"))
    look(page)
    go_on(page)

    look(page)
    upload(page, "identity", paper, javascript=javascript)
    page.get_by_text("没有证明？").click()
    page.get_by_label("我现在没有这份证明").check()
    page.locator("#id_signature_name").fill("别的名字")
    go_on(page)
    expect(page.locator("#id_signature_name-error")).to_contain_text("姓名一样")
    page.locator("#id_signature_name").fill("测试甲")
    look(page)
    go_on(page)
    page.locator("#id_phone").fill("139 0000 0000")
    page.locator("#id_address").fill("成都市某路 1 号")
    look(page)
    go_on(page)

    expect(page.get_by_text("已签，签名：测试甲")).to_be_visible()
    look(page)
    page.locator("[aria-labelledby=part-contact]").get_by_role("link").click()
    page.locator("#id_phone").fill("13900000001")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("核对，然后提交")
    page.get_by_role("button", name="提交备案").click()
    reference = reference_on(page)
    look(page)
    page.go_back()
    page.go_forward()
    assert reference_on(page) == reference
    page.get_by_role("link", name="带走这一页").click()
    expect(page.get_by_text(reference)).to_be_visible()
    look(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_patient_files_with_the_photo_of_a_referral(
    javascript: bool, open_page: OpenPage, paper: Path, look: Callable[[Page], None]
) -> None:
    page = open_page(
        "/check/?insured=140100&care=110000&insurance=resident&reason=referral"
        "&evidence=proof&care_type=inpatient",
        phone=True,
        javascript=javascript,
    )
    page.get_by_role("link", name="开始备案").click()
    agree(page)
    page.locator("#id_name").fill("测试甲")
    page.locator("#id_id_number").fill(RESIDENT)
    go_on(page)
    expect(page.get_by_label("异地转诊人员")).to_be_checked()
    go_on(page)
    upload(page, "identity", paper, javascript=javascript)
    go_on(page)
    expect(page.locator("#id_material_referral_proof-error")).to_contain_text("转诊")
    upload(page, "referral_proof", paper, javascript=javascript)
    look(page)
    go_on(page)
    page.locator("#id_phone").fill("13900000000")
    go_on(page)
    expect(page.get_by_text("2027年6月1日").first).to_be_visible()
    page.get_by_role("button", name="提交备案").click()
    reference_on(page)


def test_a_daughter_leaves_and_comes_back_on_another_device(
    open_page: OpenPage, paper: Path, look: Callable[[Page], None]
) -> None:
    page = open_page(START, phone=True)
    agree(page)
    page.locator("#id_name").fill("测试甲")
    page.locator("#id_id_number").fill(RESIDENT)
    page.get_by_label("我替家人办").check()
    page.locator("#id_helper_name").fill("测试乙")
    page.get_by_role("button", name="保存，以后再填").click()
    code = page.locator(".wizard-code").inner_text()
    look(page)
    page.go_back()

    other = open_page("/filings/resume/")
    look(other)
    other.locator("#id_resume_code").fill(code.lower().replace("-", " "))
    other.get_by_role("button", name="接着填").click()
    expect(other.locator("#id_helper_name")).to_have_value("测试乙")
    other.locator("#id_helper_relation").fill("女儿")
    other.locator("#id_helper_id_number").fill(HELPER)
    go_on(other)
    expect(other.get_by_role("heading", level=1)).to_have_text("从哪里，到哪里")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("这一页打不开了")
    look(page)


def fill_helper(page: Page, relation: str) -> None:
    page.get_by_label("我替家人办").check()
    page.locator("#id_helper_name").fill("测试乙")
    page.locator("#id_helper_relation").fill(relation)
    page.locator("#id_helper_id_number").fill(HELPER)


def test_a_child_is_filed_for_by_a_guardian(
    open_page: OpenPage, paper: Path, look: Callable[[Page], None]
) -> None:
    page = open_page(START, phone=True, javascript=False)
    agree(page)
    page.locator("#id_name").fill("测试丙")
    page.locator("#id_id_number").fill(CHILD)
    go_on(page)

    expect(page.get_by_role("alert")).to_contain_text("监护人")
    fill_helper(page, "母亲")
    go_on(page)
    page.get_by_label("异地长期居住人员").check()
    go_on(page)
    upload(page, "identity", paper, javascript=False)
    page.get_by_text("没有证明？").click()
    page.get_by_label("我现在没有这份证明").check()
    page.locator("#id_signature_name").fill("测试乙")
    go_on(page)
    page.locator("#id_phone").fill("13900000000")
    page.locator("#id_address").fill("成都市某路 1 号")
    go_on(page)
    for words in ("测试丙", "测试乙", "母亲", "已签，签名：测试乙"):
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("button", name="提交备案").click()
    reference_on(page)

    person = Filing.objects.get().case.person.read()
    assert (person.name, person.helper, person.helper_relation) == ("测试丙", "relative", "母亲")


def test_a_daughter_files_for_her_father(
    open_page: OpenPage, paper: Path, look: Callable[[Page], None]
) -> None:
    page = open_page(START, phone=True)
    agree(page)
    page.locator("#id_name").fill("测试甲")
    page.locator("#id_id_number").fill(RESIDENT)
    fill_helper(page, "")
    go_on(page)
    expect(page.locator("#id_helper_relation-error")).to_contain_text("女儿")
    page.locator("#id_helper_relation").fill("女儿")
    look(page)
    go_on(page)
    go_on(page)
    upload(page, "identity", paper, javascript=True)
    upload(page, "household_register", paper, javascript=True)
    go_on(page)
    page.locator("#id_phone").fill("13900000000")
    page.locator("#id_address").fill("成都市某路 1 号")
    go_on(page)
    expect(page.locator("main")).to_contain_text("女儿")
    look(page)
    page.get_by_role("button", name="提交备案").click()
    reference_on(page)

    filing = Filing.objects.get()
    person = filing.case.person.read()
    assert (person.helper, person.helper_name) == ("relative", "测试乙")
    assert filing.evidence == "proof"


def test_a_second_click_and_a_second_window_file_once(
    open_page: OpenPage, client: Client, paper: Path
) -> None:
    from yibao.cases.models import Case

    page = open_page(START)
    agree(page)
    page.locator("#id_name").fill("测试甲")
    page.locator("#id_id_number").fill(RESIDENT)
    go_on(page)
    page.get_by_label("其他临时外出就医人员").check()
    go_on(page)
    upload(page, "identity", paper, javascript=True)
    go_on(page)
    page.locator("#id_phone").fill("13900000000")
    go_on(page)
    second = page.context.new_page()
    second.goto(page.url)
    page.get_by_role("button", name="提交备案").dblclick()
    reference = reference_on(page)
    second.get_by_role("button", name="提交备案").click()

    assert reference_on(second) == reference
    assert Case.objects.count() == 1
