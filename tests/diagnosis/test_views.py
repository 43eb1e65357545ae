"""The pages of the diagnosis as the contract states them."""

import re
from datetime import date
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from yibao.rules.diagnosis import LEAVES, QUESTIONS, START, Cause
from yibao.rules.facts import Stage

MOST_BYTES = 30 * 1024
PARTS = {"now", "say", "who", "fallback", "by-when"}
REGIONS: list[dict[str, str]] = [
    {},
    {"insured": "320500", "care": "310000", "insurance": "employee"},
    {"insured": "440300", "care": "420100", "insurance": "employee"},
    {"insured": "360100", "care": "360400", "insurance": "resident"},
    {"insured": "370600", "care": "370600", "insurance": "resident"},
]


@pytest.fixture(autouse=True)
def on_a_day(db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


def get(client: Client, query: dict[str, str], **headers: Any) -> Any:
    return client.get("/diagnose/", query, headers=headers)


def page_of(client: Client, query: dict[str, str]) -> str:
    response = get(client, query)
    assert response.status_code == 200
    return str(response.content.decode())


def links_of(page: str) -> list[str]:
    main = page.partition("<main")[2].partition("</main>")[0]
    return [link.replace("&amp;", "&") for link in re.findall(r'<a[^>]* href="([^"]+)"', main)]


def cause_of(page: str) -> str:
    found = re.search(r'<section id="diagnosis" data-cause="([^"]+)"', page)
    return found[1] if found else ""


# --- The walk -------------------------------------------------------------------------


def test_every_cause_is_reached_by_links_alone(client: Client) -> None:
    seen: set[str] = set()
    causes: set[str] = set()
    front = {"/diagnose/"}
    while front:
        address = front.pop()
        seen.add(address)
        page = client.get(address).content.decode()
        if cause := cause_of(page):
            causes.add(cause)
            continue
        answers = {link for link in links_of(page) if "via=" in link}
        assert answers, address
        front |= answers - seen

    assert causes == {str(cause) for cause in Cause}


def test_the_first_screen_asks_what_the_window_said(client: Client) -> None:
    page = page_of(client, {})

    assert "<h1>窗口怎么说？</h1>" in page
    assert 'data-page="diagnosis:diagnose"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("code", QUESTIONS)
def test_a_plain_choice_asks_its_next_question(client: Client, code: str) -> None:
    page = page_of(client, {"symptom": code})

    targets = {
        parse_qs(urlsplit(link).query)["symptom"][0] for link in links_of(page) if "via=" in link
    }
    assert targets == {str(choice.leads_to) for choice in QUESTIONS[code].choices}
    assert ("上一题" in page) == (code != START)


def test_what_is_known_goes_along_to_the_next_question(client: Client) -> None:
    page = page_of(client, {"insured": "320500", "stage": "discharged"})

    for link in links_of(page):
        if "via=" in link:
            query = parse_qs(urlsplit(link).query)
            assert (query["insured"], query["stage"]) == (["320500"], ["discharged"])


def test_the_way_back_leads_to_the_question_asked_last(client: Client) -> None:
    by_card = page_of(client, {"symptom": "F-19", "via": "card"})
    by_money = page_of(client, {"symptom": "F-19", "via": "money"})

    assert links_of(by_card)[0] == "/diagnose/?symptom=card"
    assert links_of(by_money)[0] == "/diagnose/?symptom=money"
    assert "卡里没钱" in by_card
    assert "个人账户用不了" in by_money


# --- Leaves ----------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "stage"), list(product(Cause, ["", Stage.DISCHARGED])))
def test_every_leaf_is_whole_and_light_for_every_place(
    client: Client, cause: Cause, stage: str
) -> None:
    for places in REGIONS:
        query = {"symptom": str(cause), **places} | ({"stage": stage} if stage else {})

        response = get(client, query)
        page = response.content.decode()

        assert response.status_code == 200
        assert len(response.content) < MOST_BYTES
        assert cause_of(page) == cause
        assert set(re.findall(r'data-part="([^"]+)"', page)) >= PARTS
        assert page.count("<h1") == 1
        assert "data-material=" in page
        assert 'href="tel:12393"' in page.partition('data-part="who"')[2].partition("</section>")[0]
        cited = re.findall(r'class="cite" href="#([^"]+)"', page)
        listed = re.findall(r'<li id="([^"]+)" data-standing', page)
        assert list(dict.fromkeys(cited)) == listed


def test_the_way_from_home_to_a_leaf_is_light(client: Client) -> None:
    """W4: four pages; what each adds to the frame that all pages share."""
    way = [
        "/",
        "/diagnose/",
        "/diagnose/?symptom=no_filing&via=start",
        "/diagnose/?symptom=F-01&via=no_filing",
    ]

    pages = [client.get(address).content for address in way]
    own = [page.partition(b"<main")[2].partition(b"</main>")[0] for page in pages]

    assert sum(map(len, own)) < MOST_BYTES
    for address, page in zip(way[1:], own, strict=False):
        assert f'href="{address}"'.replace("&", "&amp;").encode() in page


@pytest.mark.parametrize("cause", ["F-09", "F-16", "F-18", "F-23", "F-25"])
def test_a_leaf_rests_on_its_clause(client: Client, cause: str) -> None:
    page = page_of(client, {"symptom": cause})

    assert 'class="cite"' in page.partition('data-part="because"')[2].partition("</section>")[0]


def test_the_places_that_reset_a_password_are_named_where_they_are_known(client: Client) -> None:
    yantai = page_of(client, {"symptom": "F-09", "insured": "370600"})
    elsewhere = page_of(client, {"symptom": "F-09", "insured": "320500"})

    assert "医保局微信公众号、" in yantai
    assert "工商银行网点自助终端" in yantai
    assert 'data-missing="channel"' in elsewhere


@pytest.mark.parametrize("care", ["abroad", "810000"])
@pytest.mark.parametrize("cause", ["F-01", "F-12", "F-17"])
def test_abroad_is_an_answer(client: Client, care: str, cause: str) -> None:
    page = page_of(client, {"symptom": cause, "care": care})

    assert cause_of(page) == cause
    assert "在境外看病，医保不付" in page
    assert "回参保地报销" not in page.partition('data-part="now"')[2].partition("</section>")[0]


def test_for_whom_one_asks_goes_along_every_link_and_changes_the_words(client: Client) -> None:
    start = page_of(client, {"for": "mother"})
    leaf = page_of(client, {"symptom": "F-12", "for": "mother", **REGIONS[1]})

    assert "替谁查：母亲" in start
    for page in (start, leaf):
        for link in links_of(page):
            path, _mark, query = link.partition("?")
            is_switch = "替谁查" in page and path == "/diagnose/" and "for=mother" not in query
            if path in ("/check/", "/estimate/", "/deadlines/", "/institutions/", "/takealong/"):
                assert "for=mother" in query, link
            if path == "/diagnose/" and "via=" in query and not is_switch:
                assert "for=mother" in query, link
    assert '<input type="hidden" name="for" value="mother">' in leaf
    assert "您母亲" in page_of(client, {"symptom": "F-13", "for": "mother"}) + leaf


def test_a_number_that_sources_dispute_says_so(client: Client) -> None:
    who = page_of(client, {"symptom": "F-15"}).partition('data-part="who"')[2]

    disputed = who.partition('<li data-standing="disputed">')[2].partition("</li>")[0]
    assert 'href="tel:12333"' in disputed
    assert "有争议" in disputed


def test_an_emergency_in_a_region_that_deems_it_filed_says_so_with_its_clause(
    client: Client,
) -> None:
    page = page_of(
        client,
        {"symptom": "F-12", "insured": "320500", "care": "310000", "insurance": "employee"},
    )

    because = page.partition('data-part="because"')[2].partition("</section>")[0]
    assert "视同已经备案" in because
    assert 'class="cite"' in because


def test_a_deadline_that_nobody_states_is_a_question_and_not_a_number(client: Client) -> None:
    page = page_of(client, {"symptom": "F-15", "stage": "discharged", "insured": "370600"})

    assert "我们没查到" in page.partition('data-part="by-when"')[2].partition("</section>")[0]
    assert 'data-missing="claim_rule"' in page


def test_the_state_of_the_bill_changes_what_to_do(client: Client) -> None:
    unpaid = page_of(client, {"symptom": "F-01"})
    paid = page_of(client, {"symptom": "F-01", "stage": "discharged"})

    assert "现在就办备案" in unpaid
    assert "现在就办备案" not in paid
    assert "/diagnose/?symptom=F-01&stage=discharged" in links_of(unpaid)
    assert "/diagnose/?symptom=F-01&stage=admitted" in links_of(paid)


@pytest.mark.parametrize("cause", [cause for cause in Cause if not LEAVES[cause].asks_stage])
def test_where_the_bill_does_not_matter_it_is_not_asked(client: Client, cause: Cause) -> None:
    page = page_of(client, {"symptom": str(cause)})

    assert not any("stage=discharged" in link for link in links_of(page) if "/diagnose/" in link)


def test_only_rules_of_both_branches_are_told_while_the_branch_is_not_known(
    client: Client,
) -> None:
    unknown = page_of(client, {"symptom": "F-06", "insured": "310000"})
    employee = page_of(client, {"symptom": "F-06", "insured": "310000", "insurance": "employee"})

    assert "欠费期间的钱，补缴以后也不报" not in unknown
    assert "欠费期间的钱，补缴以后也不报" in employee


def test_a_leaf_leads_into_the_check_and_the_estimate_with_what_is_known(client: Client) -> None:
    places = {"insured": "320500", "care": "310000", "insurance": "employee"}
    links = links_of(page_of(client, {"symptom": "F-12", **places}))

    check = next(link for link in links if link.startswith("/check/"))
    query = parse_qs(urlsplit(check).query)
    assert query["urgency"] == ["emergency"]
    assert query["stage"] == ["admitted"]
    assert query["insured"] == ["320500"]
    assert client.get(check).status_code == 200
    estimate = next(link for link in links if link.startswith("/estimate/"))
    assert client.get(estimate).status_code == 200
    assert "/diagnose/note/" in links


@pytest.mark.parametrize("cause", Cause)
def test_every_leaf_leads_to_a_check_that_answers(client: Client, cause: Cause) -> None:
    links = links_of(page_of(client, {"symptom": str(cause)}))

    check = next(link for link in links if link.startswith("/check/"))
    assert client.get(check).status_code == 200


# --- Errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stage": ""}, "请选一项"),
        ({"stage": "later"}, "没有这个选项"),
        ({"insured": "不存在的地方"}, "没有找到"),
        ({"insured": "440000"}, "请选到城市"),
        ({"insurance": "gold"}, "没有这个选项"),
        ({"care_type": "spa"}, "没有这个选项"),
        ({"on": "2026-13-01"}, "真实的日期"),
        ({"on": "1990-01-01"}, "太早"),
    ],
)
def test_a_bad_value_is_named_beside_its_field_and_kept(
    client: Client, wrong: dict[str, str], words: str
) -> None:
    response = get(client, {"symptom": "F-01", **wrong})
    page = response.content.decode()

    (name,) = wrong
    assert response.status_code == 422
    assert words in page.partition("error-summary")[2]
    assert 'name="symptom" value="F-01"' in page
    if name in ("insured", "on"):
        assert re.search(f'value="[^"]*{wrong[name]}"', page)
    assert f'id="id_{name}-error"' in page


@pytest.mark.parametrize("value", ["", "F-27", "<b>"])
def test_an_unknown_symptom_asks_the_first_question_again(client: Client, value: str) -> None:
    response = get(client, {"symptom": value})

    assert response.status_code == 422
    assert "窗口怎么说？" in response.content.decode()
    assert "error-summary" in response.content.decode()
    assert "<b></b>" not in response.content.decode()


def test_a_way_that_was_not_asked_is_ignored(client: Client) -> None:
    assert cause_of(page_of(client, {"symptom": "F-19", "via": "<script>"})) == "F-19"


def test_blank_places_of_the_form_are_no_error(client: Client) -> None:
    blank = {"insured": "", "insurance": "", "care": "", "care_type": "", "on": ""}

    assert cause_of(page_of(client, {"symptom": "F-01", **blank})) == "F-01"


# --- Carriage ------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [{}, {"symptom": "F-01", "insured": "320500"}])
def test_costs_one_query(
    client: Client, query: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1):
        response = get(client, query)

    assert not response.cookies


def test_htmx_gets_the_part_alone_and_caches_tell_them_apart(client: Client) -> None:
    whole = get(client, {"symptom": "F-01"})
    part = get(client, {"symptom": "F-01"}, hx_request="true")

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert cause_of(part.content.decode()) == "F-01"
    assert "HX-Request" in whole["Vary"]
    assert part["ETag"] != whole["ETag"]


def test_a_copy_that_still_holds_is_not_sent_again(client: Client) -> None:
    etag = get(client, {"symptom": "F-01"})["ETag"]

    again = get(client, {"symptom": "F-01"}, if_none_match=etag)

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/diagnose/", "/diagnose/note/", "/emergency/"])
def test_is_read_only(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


class TestNote:
    def test_nothing_that_is_typed_can_leave_the_browser(self, client: Client) -> None:
        page = client.get("/diagnose/note/").content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]

        assert main.count("<input") + main.count("<textarea") >= 7
        assert "<form" not in main
        assert " name=" not in main
        assert "hx-" not in main

    def test_every_line_has_its_label(self, client: Client) -> None:
        main = client.get("/diagnose/note/").content.decode().partition("<main")[2]

        labels = re.findall(r'<label class="label" for="([^"]+)"', main)
        assert labels == re.findall(r'<(?:input|textarea) class="input" id="([^"]+)"', main)


class TestEmergency:
    def test_says_three_things_and_leads_on(self, client: Client) -> None:
        page = client.get("/emergency/").content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]

        assert main.count("<li>") == 3 + 2
        assert "请上传急诊标志" in main
        for link in links_of(page):
            if link.startswith("/"):
                assert client.get(link).status_code == 200
        assert "/check/?urgency=emergency&start=hospital" in links_of(page)

    @pytest.mark.parametrize("path", ["/", "/diagnose/", "/check/", "/emergency/"])
    def test_is_one_tap_from_every_page(self, client: Client, path: str) -> None:
        header = client.get(path).content.decode().partition("</header>")[0]

        assert 'href="/emergency/"' in header

    def test_costs_no_query_but_that_for_the_stamps(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(1):
            client.get("/emergency/")
