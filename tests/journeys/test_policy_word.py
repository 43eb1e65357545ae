"""A reader says that a figure is wrong; an officer corrects it, a colleague sees it first."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories.policies import make_document, make_draft, make_places, make_user, publish
from tests.journeys.test_policy_desk import officer
from yibao.accounts.models import User
from yibao.policies.models import Correction, Revision
from yibao.rules.terms import CareType, Standing

CARE = frozenset({CareType.INPATIENT})


def band(ratio_bp: int, level: str, standing: Standing = Standing.OFFICIAL) -> Any:
    return make_draft(
        "payment_band",
        level=level,
        ratio_bp=ratio_bp,
        care_types=CARE,
        standing=standing,
        effective_from=date(2025, 1, 1),
    )


@pytest.fixture
def writer(transactional_db: None) -> User:
    make_places()
    make_document()
    root = make_user("root", is_superuser=True, is_staff=True)
    other = make_user("other", is_superuser=True, is_staff=True)
    publish(
        band(6500, "tertiary"),
        band(8000, "primary", Standing.DISPUTED),
        band(8500, "primary", Standing.DISPUTED),
        by=root,
        other=other,
    )
    return officer("writer", "370600", "view_correction", "change_correction")


@pytest.fixture
def panel(open_page: Callable[..., Page], live_server: Any, writer: User) -> Page:
    """The officer's browser, signed in."""
    client = Client()
    client.force_login(writer)
    page = open_page("/sources/")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return page


def test_from_a_readers_word_to_a_preview_for_a_colleague(
    panel: Page,
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
    overflows: Callable[[Page], bool],
) -> None:
    # The reader, on a phone without JavaScript.
    phone = open_page("/regions/370600/", phone=True, javascript=False)
    phone.click("a:has-text('“住院报销”有不对的？')")
    phone.select_option("#id_row", index=1)
    phone.click("button:has-text('提交')")
    expect(phone.locator(".error-summary")).to_contain_text("请填写这一项")
    phone.fill("#id_proposed", "三级医院应是 70%")
    phone.fill("#id_document", "烟医保发〔2026〕12 号第三条")
    phone.click("button:has-text('提交')")
    expect(phone.locator("h1")).to_contain_text("收到了")
    for path in ("/regions/370600/corrections/new/", "/changes/", "/conflicts/"):
        page = open_page(path, phone=True)
        assert axe_violations(page) == []
        assert not overflows(page)

    # The officer takes it up in a draft.
    panel.goto(reverse("admin:policies_revision_conflicts"))
    expect(panel.locator("#open-corrections")).to_contain_text("应是 70%")
    expect(panel.locator("#disputes-table")).to_contain_text("80%")
    assert axe_violations(panel) == []
    panel.click("#open-corrections a:has-text('70%')")
    assert axe_violations(panel) == []
    panel.check("[name=status][value=accepted]")
    panel.fill("#id_reply", "按第三条更正")
    panel.click("input[type=submit].default")
    ratio = panel.locator("#id_paymentband_set-0-ratio_bp")
    expect(ratio).to_have_value("65")
    assert axe_violations(panel) == []
    ratio.fill("70")
    panel.click("[name=_save]")
    expect(panel.locator(".messagelist .success")).to_be_visible()

    # A colleague sees the site under the draft by a link; everybody else does not.
    draft = Revision.objects.get(pk=Correction.objects.get().revision_id)
    panel.goto(reverse("admin:policies_revision_preview", args=[draft.pk]))
    assert axe_violations(panel) == []
    panel.fill("#id_purpose", "李科长")
    panel.click("[name=share]")
    link = panel.locator("#preview-links td a").get_attribute("href")
    assert link
    guest = open_page("/changes/", phone=True)
    guest.goto(link)
    expect(guest.locator(".preview")).to_contain_text("预览，不是现行规定")
    expect(guest.locator("main")).to_contain_text("70%")
    assert axe_violations(guest) == []
    assert not overflows(guest)
    guest.emulate_media(media="print")
    expect(guest.locator(".preview strong")).to_be_visible()
    expect(open_page("/regions/370600/").locator("main")).not_to_contain_text("70%")

    # The dispute, and what else the desk holds.
    panel.goto(reverse("admin:policies_revision_conflicts"))
    panel.click("#disputes-table a:text-is('处理')")
    assert axe_violations(panel) == []
    for name, arguments in (
        ("freshness", []),
        ("hand_over", [draft.pk]),
        ("take_sheet", [draft.pk]),
        ("start", []),
    ):
        panel.goto(reverse(f"admin:policies_revision_{name}", args=arguments))
        assert axe_violations(panel) == [], name
