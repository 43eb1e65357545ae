"""Look-up, inheritance, scope and search over the shipped regions."""

import pytest
from django.test import Client

from tests.factories.regions import shipped_memory
from yibao.regions import files, queries
from yibao.regions.index import RegionIndex, RegionRef, RetiredRow, SearchRow, normalise
from yibao.regions.models import PoolingBasis, RegionKind
from yibao.regions.queries import Ambiguous, RetiredRegion, UnknownRegion
from yibao.rules.terms import Level, Scope

pytestmark = pytest.mark.usefixtures("shipped")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("370613", ("370600", "370000", "000000")),
        ("370600", ("370600", "370000", "000000")),
        ("369900", ("369900", "360000", "000000")),
        ("379900", ("379900", "370000", "000000")),  # 省本级 that no row lists
        ("370699", ("370600", "370000", "000000")),  # 市本级 that no row lists
        ("119900", ("110000", "000000")),
        ("110105", ("110000", "000000")),
        ("460400", ("460000", "000000")),
        ("419001", ("419001", "410000", "000000")),
        ("610403", ("610403", "610000", "000000")),  # not 咸阳's
        ("659001", ("XPCC", "000000")),  # not Xinjiang's
        ("650100", ("650100", "650000", "000000")),
        ("370000", ("370000", "000000")),
        ("000000", ("000000",)),
        ("710000", ("710000",)),
    ],
)
def test_chains_the_codes_whose_rules_hold_nearest_first(
    code: str, expected: tuple[str, ...]
) -> None:
    assert queries.chain(code) == expected


def test_says_that_a_province_has_no_pooling_region_of_its_own() -> None:
    assert queries.resolve("370000").code == "370000"
    assert not queries.resolve("370000").is_pooling
    assert queries.resolve("110105").is_pooling
    assert queries.get_region("810000").is_outside


@pytest.mark.parametrize("code", ["", "37060", "999999", "370698", "719900", "009900", "阿"])
def test_refuses_a_code_that_never_was(code: str) -> None:
    with pytest.raises(UnknownRegion) as refused:
        queries.resolve(code)

    assert not isinstance(refused.value, RetiredRegion)
    assert refused.value.code == code


def test_follows_a_retired_code_to_its_successor() -> None:
    found = queries.get_region("110103")  # 崇文区

    assert (found.code, found.retired_code) == ("110101", "110103")
    assert queries.resolve("110103").code == "110000"


def test_names_a_retired_code_without_a_known_successor() -> None:
    lost = next(row for row in files.read().retired if not row.successor_code)

    with pytest.raises(RetiredRegion, match="no successor is known") as refused:
        queries.get_region(lost.code)

    assert refused.value.name == lost.name


def _region(code: str) -> RegionRef:
    return RegionRef(
        code=code,
        name="甲市",
        short_name="甲",
        full_name="甲市",
        kind=RegionKind.PROVINCE,
        parent_code=None,
        province_code=code,
        pooling_code=code,
        pooling_basis=PoolingBasis.CONFIRMED,
    )


def test_follows_a_chain_of_successors_and_stops_where_it_ends() -> None:
    retired = {
        "500101": RetiredRow("子", "500102"),
        "500102": RetiredRow("丑", "110000"),
        "500201": RetiredRow("寅", "500202"),
        "500202": RetiredRow("卯", ""),
    }
    index = RegionIndex([SearchRow(_region("110000"), "jia", ())], retired)

    assert index.get("500101").code == "110000"
    with pytest.raises(RetiredRegion, match="寅"):
        index.get("500201")


@pytest.mark.parametrize(
    ("insured", "care", "expected"),
    [
        ("370600", "370600", Scope.LOCAL),
        ("370613", "370600", Scope.LOCAL),
        ("370600", "370613", Scope.LOCAL),
        ("110105", "110101", Scope.LOCAL),
        ("460100", "469030", Scope.LOCAL),
        ("659001", "659013", Scope.LOCAL),
        ("430100", "430199", Scope.LOCAL),
        ("369900", "369900", Scope.LOCAL),
        ("370600", "370200", Scope.IN_PROVINCE),
        ("370600", "370000", Scope.IN_PROVINCE),  # filed to the province
        ("369900", "360100", Scope.IN_PROVINCE),  # 省本级, treated in the capital
        ("360100", "369900", Scope.IN_PROVINCE),
        ("610403", "610400", Scope.IN_PROVINCE),  # 杨凌 and 咸阳
        ("370600", "110105", Scope.CROSS_PROVINCE),
        ("369900", "110000", Scope.CROSS_PROVINCE),
        ("650100", "659001", Scope.CROSS_PROVINCE),  # 兵团
        ("370600", "130000", Scope.CROSS_PROVINCE),
        ("370600", "810000", Scope.ABROAD),
        ("370600", "820000", Scope.ABROAD),
        ("370600", "710000", Scope.ABROAD),
        ("370600", "abroad", Scope.ABROAD),
    ],
)
def test_tells_where_care_is_given(insured: str, care: str, expected: Scope) -> None:
    assert queries.scope(insured, care) == expected


@pytest.mark.parametrize(
    ("insured", "care"),
    [("370600", "000000"), ("000000", "370600"), ("999999", "abroad"), ("370600", "overseas")],
)
def test_refuses_a_scope_of_no_place(insured: str, care: str) -> None:
    with pytest.raises(UnknownRegion):
        queries.scope(insured, care)


@pytest.mark.parametrize(
    "typed",
    [
        "烟台",
        "烟台市",
        "370600",
        "３７０６００",
        "yantai",
        "Yan Tai",
        "山东烟台",
        "山东省烟台市",
        "shan dong yan tai",
        "山东 yantai",
        "山东yt",
        "sdyt",
        "烟台市 370600",
    ],
)
def test_finds_yantai_first_however_it_is_typed(typed: str) -> None:
    assert queries.search(typed)[0].code == "370600"


def test_puts_exact_matches_before_initials_before_beginnings() -> None:
    found = [region.name for region in queries.search("吉", 60)]
    assert found[0] == "吉林省"
    assert found.index("吉林市") < found.index("吉县")

    codes = [region.code for region in queries.search("yt", 40)]
    assert codes[:2] == ["360600", "370600"]  # 鹰潭, 烟台: pooling regions before counties
    assert not any(queries.get_region(code).is_pooling for code in codes[2:])


def test_lists_every_place_of_one_name_with_its_province() -> None:
    assert [region.label for region in queries.search("朝阳")] == [
        "辽宁省朝阳市",
        "北京市朝阳区",
        "辽宁省朝阳市朝阳县",
        "吉林省长春市朝阳区",
    ]
    assert [region.label for region in queries.search("北京朝阳")] == ["北京市朝阳区"]


def test_finds_places_by_other_names_and_former_codes() -> None:
    assert queries.search("杨陵区")[0].code == "610403"
    assert queries.search("兵团")[0].code == "XPCC"
    assert queries.search("江西省直")[0].code == "369900"
    assert {region.code for region in queries.search("shanxi")[:2]} == {"140000", "610000"}
    assert queries.search("110103")[0].code == "110101"
    assert queries.search("379900")[0].name == "山东省省本级"
    assert queries.search("察布")[-1].name == "乌兰察布市"


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!", "zzzzz", "不存在的地方", "' OR 1=1", "a" * 10_000]
)
def test_finds_nothing_for_text_that_names_no_place(typed: str) -> None:
    assert queries.search(typed) == ()
    assert queries.find_region(typed) is None


def test_never_returns_more_than_asked_for() -> None:
    assert len(queries.search("s", 7)) == 7
    assert len(queries.search("市", 5)) == 5


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("烟台", "370600"),
        ("yantai", "370600"),
        ("山东省烟台市 370600", "370600"),
        ("山东省烟台市莱山区 370613", "370613"),
        ("江西省省本级 369900", "369900"),
        ("山东省省本级 379900", "379900"),
        ("北京市东城区 110101", "110101"),
        ("110103", "110101"),
        ("长沙", "430100"),  # the county of the same name belongs to its pool
        ("北京朝阳", "110105"),
        ("乌兰察", "150900"),  # the only beginning
        ("xpcc", "XPCC"),
    ],
)
def test_reads_one_region(typed: str, code: str) -> None:
    found = queries.find_region(typed)

    assert isinstance(found, RegionRef)
    assert found.code == code


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("吉林", ["220000", "220200"]),
        ("海南", ["460000", "632500", "150303"]),
        ("朝阳", ["211300", "110105", "211321", "220104"]),
        ("北京 370600", ["370600", "110000"]),  # name and code contradict each other
        ("山东yt", ["370600", "370827"]),
    ],
)
def test_says_which_regions_a_text_may_mean(typed: str, codes: list[str]) -> None:
    found = queries.find_region(typed)

    assert isinstance(found, Ambiguous)
    assert [region.code for region in found.candidates] == codes


def test_reads_back_what_a_form_field_shows_of_every_region() -> None:
    index = shipped_memory().index

    wrong = [
        region.code
        for region in index.regions.values()
        if index.find(f"{region.label} {region.code}") != region
    ]

    assert wrong == []


def test_finds_every_region_by_its_full_name() -> None:
    index = shipped_memory().index

    lost = [
        region.code
        for region in index.regions.values()
        if region.code != queries.NATION
        and region.code not in {found.code for _rank, found in index.search(region.full_name, 20)}
    ]

    assert lost == []


def test_keeps_only_letters_and_digits_of_typed_text() -> None:
    assert normalise("Lǚ-Liáng　ＹＴ·1") == "lvliangyt1"


def test_lists_province_level_units_with_their_pooling_regions() -> None:
    groups = {group.province.code: group for group in queries.list_provinces()}

    assert len(groups) == 32  # 31 and the corps
    assert [pool.code for pool in groups["110000"].pools] == ["110000"]
    assert [pool.code for pool in groups["XPCC"].pools] == ["XPCC"]
    assert "369900" in {pool.code for pool in groups["360000"].pools}
    assert "610403" in {pool.code for pool in groups["610000"].pools}
    assert sum(len(group.pools) for group in groups.values()) == 343


def test_lists_the_members_of_a_pooling_region() -> None:
    assert len(queries.list_members("110000")) == 16
    assert len(queries.list_members("XPCC")) == 13
    assert "610403" not in {region.code for region in queries.list_members("610400")}
    assert queries.list_members("441900") == ()


def test_gives_a_city_the_classes_of_its_province_unless_it_has_its_own() -> None:
    assert [row.slug for row in queries.list_classes("140100")] == ["class1", "class2", "class3"]
    assert queries.list_classes("140100")[0].level == Level.TERTIARY
    assert [row.slug for row in queries.list_classes("330106")] == ["community", "school_clinic"]
    assert queries.list_class_rows("610600")[0].rank == 1
    assert queries.list_classes("370600") == ()


def test_says_whom_to_ask() -> None:
    assert "山东省烟台市医疗保障局" in queries.whom_to_ask("370613")
    assert "江西省医疗保障局" in queries.whom_to_ask("369900")
    assert "参保地的医疗保障局" in queries.whom_to_ask("370000")
    assert all("12393" in queries.whom_to_ask(code) for code in ("370600", "000000", "XPCC"))


def test_asks_the_database_only_whether_memory_is_current(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/regions/suggest", {"q": "烟台"})
