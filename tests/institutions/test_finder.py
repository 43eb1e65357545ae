"""The finder's page: what a row says, how the address is kept, and what bad input gets."""

import random
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.institutions import make_institution, make_regions
from yibao.institutions.models import Institution, ServiceOpening
from yibao.regions.models import LevelMapping

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def page_of(client: Client, status: int = 200, **query: str) -> str:
    response = client.get("/institutions/", query)
    assert response.status_code == status
    return str(response.content.decode())


def found(page: str) -> list[str]:
    return re.findall(r'<li data-institution="([HPY][0-9]{11})"', page)


@pytest.fixture
def hospital() -> Institution:
    return make_institution(
        "首都医科大学附属北京同仁医院",
        "110101",
        level="tertiary",
        grade="a",
        address="东城区崇内大街8号",
        phones="010-58269911 值班室",
        open_for=["inpatient", ("chronic", "M01600")],
    )


def test_nothing_is_listed_before_anything_was_asked(client: Client, hospital: Institution) -> None:
    page = page_of(client)

    assert found(page) == []
    assert "data-figure" not in page


def test_a_row_says_level_place_services_phone_and_source(
    client: Client, hospital: Institution
) -> None:
    page = page_of(client, q="同仁")

    assert found(page) == [hospital.code]
    assert "三级甲等 · 综合医院" in page
    assert "北京市东城区崇内大街8号" in page
    assert "住院" in page
    assert "门诊慢特病（糖尿病）" in page
    assert '<a href="tel:01058269911">010-58269911</a> 值班室' in page
    assert "来源：卫健委，2020 年 1 月名单" in page
    assert re.search(r'data-figure="matches" value="1"[^>]*data-citation="lists"', page)
    assert 'id="lists"' in page
    assert "开通情况不详" not in page


def test_unknown_openings_are_called_unknown_with_how_to_check(client: Client) -> None:
    make_institution("甲医院", "110101")

    page = page_of(client, q="甲", service="inpatient")

    assert "开通情况不详" in page
    assert "国家医保服务平台" in page
    assert 'href="tel:12393"' in page


def test_a_service_that_is_not_among_the_known_ones_is_unknown(
    client: Client, hospital: Institution
) -> None:
    assert "开通情况不详" in page_of(client, q="同仁", service="outpatient")
    assert "开通情况不详" not in page_of(client, q="同仁", service="chronic", disease="M01600")
    assert "开通情况不详" in page_of(client, q="同仁", service="chronic", disease="M03900")


@pytest.mark.parametrize(("days", "is_stale"), [(90, False), (91, True)])
def test_what_nobody_checked_for_ninety_days_says_so(
    client: Client, hospital: Institution, days: int, is_stale: bool
) -> None:
    ServiceOpening.objects.update(checked_on=timezone.localdate() - timedelta(days=days))

    assert ("已超过 90 天" in page_of(client, q="同仁")) is is_stale


def test_a_row_never_checked_says_so(client: Client) -> None:
    make_institution("甲医院", "110101")

    assert "本站还没有核对过" in page_of(client, q="甲")


def test_the_level_is_also_named_in_the_insured_regions_terms(
    client: Client, hospital: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(client, q="同仁", insured="140100")

    assert "按太原的分法：" in page
    assert "一类" in page
    assert "按" not in re.findall(r"三级甲等[^<]*", page_of(client, q="同仁", insured="370600"))[0]
    assert not LevelMapping.objects.exists()


def test_answers_are_carried_into_the_estimate_the_check_and_the_page(
    client: Client, hospital: Institution
) -> None:
    make_regions(["370600"])
    page = page_of(client, q="同仁", insured="370600", service="inpatient", on="2026-11-20")

    def query_of(path: str) -> dict[str, list[str]]:
        address = re.search(rf'href="({path}\?[^"]+)"', page)
        assert address
        return parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)

    shared = {
        "insured": ["370600"],
        "care": ["110101"],
        "care_type": ["inpatient"],
        "on": ["2026-11-20"],
    }
    assert query_of("/estimate/") == {**shared, "level": ["tertiary"]}
    assert query_of("/check/") == {**shared, "institution": ["networked"]}
    assert query_of(f"/institutions/{hospital.code}/") == {
        "insured": ["370600"],
        "on": ["2026-11-20"],
    }


def test_an_empty_result_offers_less_narrow_searches(client: Client) -> None:
    make_regions(["510105"])

    page = page_of(client, q="没有这家", region="510105", level="tertiary")

    assert 'data-figure="matches" value="0"' in page
    assert "换个写法" in page
    assert "到四川省成都市找" in page
    assert "到全国找" in page
    assert "不限级别" in page
    assert "12393" in page


def test_more_than_a_page_leads_on_by_an_opaque_address(client: Client) -> None:
    for number in range(15):
        make_institution(f"第{number}医院", "110101")

    first = page_of(client, q="医院")
    address = re.search(r'rel="next" href="([^"]+)"', first)
    assert address
    second = client.get(address[1].replace("&amp;", "&")).content.decode()

    assert len(found(first)) == 10
    assert len(found(second)) == 5
    assert set(found(first)).isdisjoint(found(second))
    assert 'rel="next"' not in second
    assert "回第一页" in second


def test_a_page_address_of_another_search_gives_the_first_page_and_says_so(
    client: Client, hospital: Institution
) -> None:
    page = page_of(client, 422, q="同仁", page="forged")

    assert found(page) == [hospital.code]
    assert "翻页地址已经失效" in page


def test_typing_brings_the_results_alone_and_keeps_the_address_true(
    client: Client, hospital: Institution
) -> None:
    response = client.get(
        "/institutions/", {"q": "同仁", "level": "", "region": "北京市"}, headers=FRAGMENT
    )

    assert response.content.decode().lstrip().startswith('<div id="results">')
    assert response["HX-Push-Url"] == "/institutions/?" + urlencode(
        {"q": "同仁", "region": "110000"}
    )
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "长" * 10_000),
        ("region", "没有这个地方"),
        ("region", "999999"),
        ("insured", "朝阳"),
        ("level", "best"),
        ("service", "dentist"),
        ("disease", "M1"),
        ("on", "2026-02-30"),
        ("on", "1997-12-31"),
    ],
)
def test_a_malformed_answer_is_an_error_beside_its_field(
    client: Client, name: str, value: str
) -> None:
    make_regions(["110101"])

    page = page_of(client, 422, **{name: value})

    assert f'id="id_{name}-error"' in page
    assert found(page) == []


def test_a_disease_beside_another_service_is_left_out_and_the_page_says_so(
    client: Client, hospital: Institution
) -> None:
    page = page_of(client, service="inpatient", disease="M01600", region="110000")

    assert found(page) == [hospital.code]
    assert "没有按病种找" in page


def test_a_well_formed_disease_that_nobody_knows_is_answered(
    client: Client, hospital: Institution
) -> None:
    assert found(page_of(client, disease="m99999", region="110000")) == [hospital.code]


def test_the_area_of_a_pool_that_is_no_place_is_searched(
    client: Client, hospital: Institution
) -> None:
    make_regions(["360100"])
    there = make_institution("江西医院", "360102")

    assert found(page_of(client, q="医院", region="369900")) == [there.code]


def test_any_query_has_an_answer(client: Client, hospital: Institution) -> None:
    dice = random.Random(3)  # noqa: S311 - chance that repeats
    odd = [
        '"',
        "'",
        "*",
        "%",
        "_",
        "\\",
        "\x00",
        "OR",
        "NOT",
        "(",
        "|",
        ":",
        "😀",
        "\u202e",
        "NEAR(",
    ]
    pieces = [*odd, "同", "仁", "t", "9", " ", "　", "-", "\n", "<b>", "ﬀ", "İ", "ß", "𠀀"]
    names = ["q", "region", "level", "service", "disease", "insured", "on", "page", "other"]
    for _number in range(300):
        query = {
            name: "".join(dice.choices(pieces, k=dice.choice([1, 3, 9])))
            for name in dice.sample(names, dice.choice([1, 2, 4]))
        }
        headers = dice.choice([{}, FRAGMENT])

        response = client.get("/institutions/", query, headers=headers)

        assert response.status_code in (200, 422), query


def test_a_page_takes_three_queries_at_most(
    client: Client, hospital: Institution, django_assert_max_num_queries: object
) -> None:
    for number in range(15):
        make_institution(f"同仁第{number}医院", "110101", open_for=["inpatient"])
    query = {"q": "同仁", "service": "inpatient", "insured": "370600", "region": "110000"}
    client.get("/institutions/", query)

    with django_assert_max_num_queries(3):  # type: ignore[operator]
        client.get("/institutions/", query)


def test_only_the_list_of_the_day_is_shown(client: Client) -> None:
    gone = make_institution("旧医院", "110101", effective_to=date(2026, 1, 1), end_reason="注销")

    assert found(page_of(client, q="旧医院")) == []
    assert found(page_of(client, q="旧医院", on="2025-12-31")) == [gone.code]
