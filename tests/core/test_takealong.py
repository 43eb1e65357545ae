"""The note to take along."""

import html
import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from yibao.core.takealong import Card

CHECK = "insured=370600&care=510100&insurance=employee&reason=resettled&care_type=inpatient"
ESTIMATE = (
    "insured=369900&care=110000&insurance=employee&care_type=inpatient&level=tertiary"
    "&filing=other_temporary&total=50000"
)


@pytest.fixture(autouse=True)
def that_day(db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


@pytest.mark.parametrize(
    ("page", "query", "title"),
    [
        ("check", CHECK, "要先备案"),
        ("check", f"{CHECK}&stage=admitted", "备案"),
        ("estimate", ESTIMATE, "33,320.00"),
        ("diagnose", "symptom=F-12", ""),
    ],
)
def test_a_result_becomes_a_few_lines_with_a_code(client: Client, page, query, title) -> None:
    response = client.get(f"/takealong/?from={page}&{query}&for=mother")

    main = response.content.decode().split("<main")[1].split("</main>")[0]
    lines = re.findall(r"<li>(.*?)</li>", main.split('class="takealong"')[1].split("</ol>")[0])
    assert 1 <= len(lines) <= 8
    assert title in main
    assert "<svg" in main
    assert "家人电话" in main
    note = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", main, re.DOTALL)[1])
    assert [line.partition(". ")[2] for line in note.splitlines()[2:-1]] == [
        html.unescape(line) for line in lines
    ]
    assert "for=" not in note  # the code opens the answers, not who asked


def test_every_result_leads_to_its_note(client: Client) -> None:
    for path in (f"/check/?{CHECK}", f"/estimate/?{ESTIMATE}", "/diagnose/?symptom=F-12"):
        address = re.search(r'href="(/takealong/[^"]+)"', client.get(path).content.decode())[1]
        assert client.get(html.unescape(address)).status_code == 200


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("from=check&insured=370600", "/check/?insured=370600"),
        ("from=estimate&total=x", "/estimate/?total=x"),
        ("from=check&insured=370600&for=child", "/check/?insured=370600&for=child"),
        ("from=nowhere", "/"),
        ("", "/"),
    ],
)
def test_no_result_no_note(client: Client, query, leads_to) -> None:
    response = client.get(f"/takealong/?{query}")

    assert (response.status_code, response["Location"]) == (302, leads_to)


def test_a_note_has_at_most_eight_lines() -> None:
    with pytest.raises(ValueError, match="9"):
        Card("标题", "", ("行",) * 9)


@pytest.mark.parametrize(
    ("language", "person", "said"),
    [
        ("zh-hans", "", "您自己付 16,680.00 元"),
        ("zh-hans", "mother", "您母亲自己付 16,680.00 元"),
        ("zh-hans", "child", "您孩子自己付 16,680.00 元"),
        ("zh-hans", "nobody", "您自己付 16,680.00 元"),
        ("en", "", "you pay 16,680.00 yuan"),
        ("en", "father", "your father pays 16,680.00 yuan"),
    ],
)
def test_the_note_speaks_of_the_person_asked_for(client: Client, language, person, said) -> None:
    asked = f"{ESTIMATE}&for={person}" if person else ESTIMATE
    page = client.get(f"/takealong/?from=estimate&{asked}&lang={language}").content.decode()

    assert said in page.partition("<h1>")[2].partition("</h1>")[0]
    note = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    assert said in note.splitlines()[0]


def test_the_way_back_leads_to_the_result_as_it_was_asked_for(client: Client) -> None:
    page = client.get(f"/takealong/?from=check&{CHECK}&for=mother").content.decode()

    back = html.unescape(re.search(r'<a class="back no-print" href="([^"]+)"', page)[1])
    assert back == f"/check/?{CHECK}&for=mother"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "户口簿首页和本人页（或个人承诺书）、异地就医登记备案表"),
        ("en", "own page (or Commitment letter), Filing form"),
    ],
)
def test_what_may_stand_for_a_paper_follows_it(client: Client, language, words) -> None:
    page = client.get(f"/takealong/?from=check&{CHECK}&lang={language}").content.decode()

    assert words in page


def test_the_relative_is_carried_from_page_to_page(client: Client) -> None:
    page = client.get(f"/check/?{CHECK}&for=mother").content.decode()

    for found in re.findall(r'href="(/(?:check|estimate|takealong)/[^"]*insured=[^"]*)"', page):
        assert "for=mother" in found
    start = client.get("/check/?for=mother").content.decode()
    assert start.count("for=mother") >= 5
    estimate = client.get(f"/estimate/?{ESTIMATE}&for=father").content.decode()
    assert "您父亲自己付" in estimate
    assert '<input type="hidden" name="for" value="father">' in estimate
