"""A data officer brings in a quarterly list in a real browser: check, write, take back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.institutions.lists import XIEHE, make_officer, make_places, text
from yibao.accounts.models import User
from yibao.institutions.import_models import ImportRun, ImportSource
from yibao.institutions.imports import worker
from yibao.institutions.imports.operations import work
from yibao.institutions.models import Institution

OpenPage = Callable[..., Page]
Axe = Callable[[Page], list[str]]
FIRST = text(XIEHE, "H11010500001,朝阳医院,110105,三级,,工体南路8号,是,否,")
SECOND = text(
    XIEHE.replace("帅府园1号", "帅府园2号"),
    "H11010500009,新开医院,110105,二级,,,是,,",
    "H11010500010,写错的医院,999999,二级,,,是,,",
)


@pytest.fixture(autouse=True)
def officer(transactional_db: None, settings: Settings, tmp_path: Path) -> User:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.JOB_WORKER = False
    make_places()
    ImportSource.objects.create(name="北京市医保局名单")
    return make_officer()


@pytest.fixture
def desk(officer: User, open_page: OpenPage, live_server: Any) -> Page:
    client = Client()
    client.force_login(officer)
    page = open_page("/sources/")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return page


def upload(page: Page, file: Path, content: str, *, days_ago: int = 0) -> None:
    file.write_text(content)
    page.goto("/admin/institutions/importrun/add/")
    page.get_by_label("来源").select_option(label="北京市医保局名单")
    page.get_by_label("名单覆盖的地区").fill("110000")
    page.get_by_label("名单日期").fill(str(timezone.localdate() - timedelta(days_ago)))
    page.get_by_label("完整名单").check()
    page.get_by_label("文件").set_input_files(file)
    page.locator("input[type=submit]").click()


def let_the_worker_work(page: Page) -> None:
    """The page looks every two seconds and shows the result by itself."""
    work(worker=worker.new_name(), is_alive=worker.is_alive, clock=timezone.now)
    expect(page.locator("progress")).to_have_count(0)


def state(page: Page) -> str | None:
    return page.locator("[data-state]").get_attribute("data-state")


def test_a_quarterly_list_is_previewed_written_and_taken_back(
    desk: Page, tmp_path: Path, axe_violations: Axe
) -> None:
    upload(desk, tmp_path / "first.csv", FIRST, days_ago=90)
    assert state(desk) == "columns"
    assert axe_violations(desk) == []
    desk.get_by_role("button", name="记住并核对").click()
    let_the_worker_work(desk)
    desk.get_by_role("button", name="写入名单").click()
    let_the_worker_work(desk)
    assert state(desk) == "applied"

    upload(desk, tmp_path / "second.csv", SECOND)
    assert axe_violations(desk) == []
    let_the_worker_work(desk)

    assert state(desk) == "checked"
    expect(desk.locator("del")).to_have_text("帅府园1号")
    expect(desk.locator("ins")).to_have_text("帅府园2号")
    expect(desk.get_by_role("row", name="写错的医院")).to_have_count(0)
    expect(desk.locator("#content")).to_contain_text("没有这个区划")
    assert axe_violations(desk) == []
    assert Institution.objects.count() == 2

    desk.get_by_label("跳过被拒绝的 1 行").check()
    desk.get_by_label("把名单上没有的 1 家机构").check()
    desk.get_by_role("button", name="写入名单").click()
    let_the_worker_work(desk)

    assert state(desk) == "applied"
    assert Institution.objects.get(code="H11010500001").effective_to == timezone.localdate()
    assert Institution.objects.filter(code="H11010500009").exists()

    desk.get_by_label("原因").fill("来源发错了")
    desk.get_by_role("button", name="撤销这次导入").click()
    let_the_worker_work(desk)

    assert state(desk) == "undone"
    assert Institution.objects.get(code="H11010500001").effective_to is None
    assert Institution.objects.get(code="H11010100001").address == "帅府园1号"
    assert not Institution.objects.filter(code="H11010500009").exists()
    assert axe_violations(desk) == []


def test_a_wrong_file_is_refused_beside_its_field_and_the_answers_stay(
    desk: Page, tmp_path: Path, axe_violations: Axe
) -> None:
    upload(desk, tmp_path / "list.csv", "名称,名称\n甲,乙\n")

    expect(desk.locator(".errorlist")).to_contain_text("出现了两次")
    expect(desk.get_by_label("名单覆盖的地区")).to_have_value("110000")
    assert axe_violations(desk) == []
    assert not ImportRun.objects.exists()
