"""W5 in a real browser: one officer drafts next year's rule, another returns and publishes it."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories.policies import make_document, make_draft, make_places, make_user, publish
from yibao.accounts.models import Assignment, User
from yibao.audit.queries import list_events
from yibao.policies.models import GoldenCase, PaymentBand, Revision, RevisionStatus
from yibao.regions.models import Region, RegionKind
from yibao.sources.models import Clause

RIGHTS = (
    "add_revision", "change_revision", "view_revision", "view_region",
    "add_document", "change_document", "view_document", "add_clause", "view_clause",
)  # fmt: skip


def officer(username: str, region: str, *extra: str) -> User:
    user = make_user(username, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*RIGHTS, *extra]))
    Assignment.objects.create(user=user, region_code=region)
    return user


def make_known_case() -> None:
    """A stay of 10,000 yuan: (10,000 − 1,000) × 65 % by the rule in force today."""
    GoldenCase.objects.create(
        region_id="370600",
        title="居民住院，三级医院",
        insurance="resident",
        on=timezone.localdate(),
        care_type="inpatient",
        scope="local",
        group="adult",
        level="tertiary",
        total_fen=1_000_000,
        expected_pooled_fund=585_000,
        clause=Clause.objects.earliest("pk"),
    )


def replay_draft(page: Page, review: str) -> None:
    """Go from the review to the replay and ask for one."""
    page.goto(review)
    page.locator("#replay ~ p a.button").click()
    page.click("button:has-text('重算')")
    expect(page.locator("#replay-counts")).to_be_visible()


def register_document(page: Page) -> None:
    """Register the notice and the clause that the new ratio rests on."""
    page.goto("/admin/sources/document/add/")
    for name, value in (("slug", "yt-next"), ("title", "关于调整待遇的通知"), ("issuer", "烟台局")):
        page.fill(f"#id_{name}", value)
    page.select_option("#id_authority", "notice")
    page.select_option("#id_reading", "official")
    page.click("#clauses-group .add-row a")
    page.fill("#id_clauses-0-article", "第三条")
    page.fill("#id_clauses-0-quote", "三级医院住院支付比例调整为百分之七十")
    page.fill("#id_clauses-0-checked_on", str(timezone.localdate()))
    page.click("[name=_save]")
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_rule_for_next_year_is_drafted_returned_and_published(
    transactional_db: None,
    signed_in: Callable[[User, str], Page],
    open_page: Callable[..., Page],
    axe_violations: Callable[[Page], list[str]],
) -> None:
    make_places()
    make_document()
    Region.objects.create(
        code="370200",
        name="青岛市",
        short_name="青岛",
        kind=RegionKind.PREFECTURE,
        parent_id="370000",
        pooling_region_id="370200",
    )
    root = make_user("root", is_superuser=True, is_staff=True)
    other = make_user("other", is_superuser=True, is_staff=True)
    inpatient = {"care_types": frozenset({"inpatient"}), "effective_from": date(2025, 1, 1)}
    publish(
        make_draft("payment_band", level="tertiary", ratio_bp=6500, **inpatient),
        make_draft("deductible", amount_fen=100_000, **inpatient),
        by=root,
        other=other,
    )
    make_known_case()
    next_year = date(timezone.localdate().year + 1, 1, 1)
    writer = signed_in(officer("writer", "370600"), "/admin/policies/revision/desk/")

    # Source first, then a draft on what is in force on the first day.
    expect(writer.locator("#desk-board")).to_contain_text("烟台市")
    assert axe_violations(writer) == []
    register_document(writer)
    writer.goto("/admin/policies/revision/start/")
    writer.select_option("#id_document", "yt-next")
    writer.select_option("#id_region", "370600")
    writer.select_option("#id_insurance", "resident")
    writer.fill("#id_title", "烟台居民待遇调整")
    writer.fill("#id_starts_on", str(next_year))
    writer.click("input[type=submit].default")
    expect(writer.locator("#ground")).to_contain_text("65%")
    assert axe_violations(writer) == []
    writer.click("#ground tr:has-text('65%') button:has-text('修改')")

    # What is typed is checked before it is saved.
    ratio = writer.locator("#id_paymentband_set-0-ratio_bp")
    expect(ratio).to_have_value("65")
    ratio.fill("97")
    ratio.blur()
    expect(writer.locator("#checks [data-finding=jump]")).to_be_visible()
    ratio.fill("70")
    ratio.blur()
    expect(writer.locator("#checks [data-finding=jump]")).to_have_count(0)
    writer.click("#paymentband_set-0 .field-clause .select2-selection")
    writer.fill(".select2-search__field", "百分之七十")
    writer.click(".select2-results__option:has-text('第三条')")
    writer.click("[name=_save]")
    expect(writer.locator(".messagelist .success")).to_be_visible()

    # The difference in words; handed over.
    revision = Revision.objects.get(status=RevisionStatus.DRAFT)
    review = f"/admin/policies/revision/{revision.pk}/review/"
    writer.goto(review)
    change = writer.locator("[data-change=changed]")
    expect(change).to_contain_text("65%")
    expect(change).to_contain_text("70%")
    expect(change).to_contain_text(str(next_year))
    expect(change).to_contain_text("第三条")
    assert axe_violations(writer) == []

    # What it would change in known cases and sample bills; only then is it handed over.
    writer.click("button:has-text('送审')")
    expect(writer.locator(".messagelist .error")).to_contain_text("先重算")
    replay_draft(writer, review)
    expect(writer.locator("[data-golden]")).to_contain_text("1 个里有 1 个相符")
    changed = writer.locator("[data-group=changed]", has_text="样例账单")
    expect(changed).to_contain_text("城乡居民医保·住院")
    changed.locator("summary").click()
    expect(changed.locator("li").first).to_contain_text("总费用 400,000 元")
    assert axe_violations(writer) == []
    writer.goto(review)
    writer.click("button:has-text('送审')")

    # The checker comments and returns it once; the author answers.
    checker_user = officer("checker", "370600", "publish_revision")
    checker = signed_in(checker_user, "/admin/policies/revision/desk/")
    expect(checker.locator(".desk-tasks")).to_contain_text("等您复核")
    checker.goto(review)
    checker.fill("#comment-text", "请写明公布日期")
    checker.click("button:has-text('提出')")
    checker.fill("#reason-return", "见意见")
    checker.click("button:has-text('退回')")
    writer.goto("/admin/policies/revision/desk/")
    expect(writer.locator(".desk-tasks")).to_contain_text("有 1 条意见没有处理")
    writer.goto(f"/admin/policies/revision/{revision.pk}/change/")
    writer.fill("#id_announced_on", str(timezone.localdate()))
    writer.click("[name=_save]")
    writer.goto(review)
    writer.click("button:has-text('标为已处理')")
    expect(writer.locator("[data-stale]")).to_contain_text("再重算一次")
    replay_draft(writer, review)
    writer.goto(review)
    writer.click("button:has-text('送审')")
    checker.goto(review)
    expect(checker.locator("[data-replay=done]")).to_contain_text("writer 要求")
    expect(checker.locator("[data-golden]")).to_contain_text("没有预料之外的变化")
    assert axe_violations(checker) == []
    checker.click("button:text-is('发布')")
    expect(checker.locator(".messagelist .success")).to_contain_text("已发布")

    # The public page: the coming change before its day, the new figure on it.
    today = open_page("/regions/370600/")
    expect(today.locator("main")).to_contain_text("65%")
    expect(today.locator("main")).to_contain_text("70%")
    then = open_page(f"/regions/370600/?on={next_year}")
    expect(then.locator("main")).to_contain_text("70%")
    assert list(PaymentBand.objects.order_by("pk").values_list("ratio_bp", "effective_to")) == [
        (6500, next_year),
        (7000, None),
    ]

    # Every step is on record; an officer of 青岛 sees none of it.
    events = [event.event for event in list_events("policies.revision", str(revision.pk))]
    steps = [event.removeprefix("policies.") for event in reversed(events)]
    assert [step for step in steps if step != "draft_edited"] == [
        "revision_created",
        "replay_asked",
        "revision_submitted",
        "revision_commented",
        "revision_returned",
        "comment_settled",
        "replay_asked",
        "revision_submitted",
        "revision_published",
    ]
    stranger = signed_in(officer("qingdao", "370200"), "/admin/policies/revision/desk/")
    expect(stranger.locator("#desk-board")).to_contain_text("青岛市")
    expect(stranger.locator("#content")).not_to_contain_text("烟台")
    response = stranger.request.get(review)
    assert response.status == 404
