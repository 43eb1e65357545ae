"""Pages of guides, glossary, directory and search, as a script reads them."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.guides import shipped_guides
from yibao.guides.models import ChannelReport
from yibao.guides.topics import Topic

pytestmark = pytest.mark.usefixtures("shipped")
HTMX = {"HX-Request": "true"}


def main_of(response) -> str:
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def test_lists_every_question_under_its_topic(client: Client):
    main = main_of(client.get("/guides/"))

    assert 'data-page="guides:guide_list"' in main
    for guide in shipped_guides().guides.values():
        assert f'href="/guides/{guide.slug}/"' in main
    assert re.findall(r'id="topic-([a-z]+)"', main) == [topic.value for topic in Topic]


@pytest.mark.parametrize("slug", list(shipped_guides().guides))
@pytest.mark.parametrize("query", ["", "?insured=360100&for=mother", "?insured=370600"])
def test_every_guide_has_an_answer_a_date_and_cited_figures(client: Client, slug, query):
    response = client.get(f"/guides/{slug}/{query}")

    main = main_of(response)
    assert response.status_code == 200
    assert main.count("<h1") == 1
    assert "2026年11月23日核对" in main
    notes = set(re.findall(r'<li id="([^"]+)"', main))
    figures = re.findall(r'<data class="figure"[^>]*>', main)
    for figure in figures:
        assert re.search(r'data-citation="([^"]+)"', figure)[1] in notes
    article = main[main.index("<article") : main.index("</article>")]
    stated = re.sub(r'<div class="(?:local|unknown)".*?</div>', "", article, flags=re.DOTALL)
    assert not re.search(r"\d+(?:%| ?元| ?个月| ?天)", re.sub(r"<[^>]+>", "", stated))
    assert "{{" not in main


def test_shows_the_rules_of_the_region_asked_for(client: Client):
    nowhere = main_of(client.get("/guides/commitment-letter/"))
    here = main_of(client.get("/guides/commitment-letter/?insured=320100"))

    assert "全国的规定" in nowhere
    assert "各地可能另有规定" in nowhere
    assert "江苏省" in here
    assert 'data-figure="commitment_lock_months"' in here
    assert 'data-figure="commitment_lock_months"' not in nowhere


def test_says_what_is_not_known_and_whom_to_ask(client: Client):
    nowhere = main_of(client.get("/guides/several-places/"))
    here = main_of(client.get("/guides/in-province/?insured=540100"))

    assert 'data-local="missing"' in nowhere
    assert "这一条还没有查到" in here
    assert "12393" in here


def test_marks_disputed_rules(client: Client):
    main = main_of(client.get("/guides/change-filing/"))

    standings = re.findall(r'<li data-provision="[^"]+" data-standing="(\w+)"', main)
    assert "disputed" in standings


def test_what_is_disputed_comes_last(client: Client):
    main = main_of(client.get("/guides/emergency-away/"))

    block = main[main.index('<div class="local">') : main.index("</ul>", main.index("local-who"))]
    standings = re.findall(r'data-standing="(\w+)"', block)
    assert standings[-1] == "disputed"
    assert "disputed" not in standings[:1]


def test_links_each_term_once(client: Client):
    main = main_of(client.get("/guides/what-is-filing/"))

    links = re.findall(r'class="term" href="/guides/glossary/#([a-z0-9-]+)"', main)
    assert "insured-place" in links
    assert len(links) == len(set(links))
    glossary = main_of(client.get("/guides/glossary/"))
    assert all(f'id="{slug}"' in glossary for slug in links)


def test_speaks_of_the_mother_and_keeps_her_in_links(client: Client):
    own = main_of(client.get("/guides/what-is-filing/"))
    hers = main_of(client.get("/guides/what-is-filing/?for=mother"))

    assert "您母亲要去哪里看病" in hers
    assert "您母亲" not in own
    assert 'href="/check/?for=mother"' in hers
    assert "/guides/who-files/?for=mother" in hers


def test_an_unknown_relative_is_nobody(client: Client):
    assert "您母亲" not in main_of(client.get("/guides/what-is-filing/?for=<b>x"))


def test_a_text_reviewed_too_long_ago_says_so(client: Client, monkeypatch):
    assert "data-stale" not in main_of(client.get("/guides/what-is-filing/"))
    monkeypatch.setattr(timezone, "localdate", lambda: date(2027, 12, 1))

    assert "data-stale" in main_of(client.get("/guides/what-is-filing/"))


def test_questions_of_others_are_answered_politely(client: Client):
    main = main_of(client.get("/guides/not-here-allowance/"))

    assert "data-elsewhere" in main
    assert "民政" in main


def test_a_wrong_region_keeps_what_was_typed(client: Client):
    response = client.get("/guides/how-long/?insured=无此地")

    assert response.status_code == 422
    assert 'value="无此地"' in main_of(response)


def test_unknown_guides_are_not_found(client: Client):
    assert client.get("/guides/nowhere/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/guides/", "/guides/how-long/?insured=370600", "/guides/glossary/",
        "/guides/directory/?region=640000", "/search/?q=备案", "/search/?q=协和医院",
    ],
)  # fmt: skip
def test_few_queries_and_a_copy_that_is_kept(client: Client, path):
    client.get(path)  # builds the indexes
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{path}{'&' if '?' in path else '?'}x=1")

    assert len(queries) <= 3
    again = client.get(path, headers={"If-None-Match": client.get(path)["ETag"]})
    assert again.status_code == 304
    assert response.status_code == 200


# --- search -------------------------------------------------------------------------------


def test_search_shows_questions_places_and_terms(client: Client):
    main = main_of(client.get("/search/?q=佛山异地报销比例"))

    assert '"/guides/ratio-away/?insured=440600"' in main
    assert '"/regions/440600/"' in main
    assert 'data-found="terms"' in main


def test_search_answers_htmx_with_the_results_alone(client: Client):
    response = client.get("/search/?q=备案", headers=HTMX)

    assert response.content.decode().strip().startswith('<div id="results"')
    assert "HX-Request" in response["Vary"]


def test_search_without_a_hit_leads_on(client: Client):
    main = main_of(client.get("/search/?q=<i>囧囧"))

    assert "没有找到“&lt;i&gt;囧囧”" in main
    assert 'href="/guides/"' in main


# --- directory ----------------------------------------------------------------------------


def test_the_directory_lists_channels_nearest_first(client: Client):
    main = main_of(client.get("/guides/directory/?region=370602"))

    assert re.findall(r'id="level-(\w+)"', main) == ["370600", "370000", "000000"]
    assert 'href="tel:05356893036"' in main
    assert re.search(r'data-channel="[^"]+" data-standing="disputed"', main)


def test_the_directory_without_a_place_names_those_with_their_own(client: Client):
    main = main_of(client.get("/guides/directory/"))

    assert "/guides/directory/?region=370600" in main
    assert re.findall(r'id="level-(\w+)"', main) == ["000000"]


def report_address(client: Client) -> str:
    main = main_of(client.get("/guides/directory/?region=370600"))
    return re.search(r'href="(/guides/directory/report/[^"]+)"', main)[1].replace("&amp;", "&")


def test_a_report_goes_to_the_queue_and_changes_nothing(client: Client):
    address = report_address(client)
    before = main_of(client.get("/guides/directory/?region=370600"))

    response = client.post(address, {"fault": "dead", "note": "换成了别的"})

    assert response.status_code == 302
    assert response["Location"] == "/guides/directory/?region=370600&reported=yes"
    assert "谢谢" in main_of(client.get(response["Location"]))
    report = ChannelReport.objects.get()
    assert (report.fault, report.note, report.region_code) == ("dead", "换成了别的", "370600")
    assert main_of(client.get("/guides/directory/?region=370600")) == before


@pytest.mark.parametrize("data", [{}, {"fault": "nothing"}, {"fault": "dead", "note": "长" * 201}])
def test_a_wrong_report_is_refused(client: Client, data):
    response = client.post(report_address(client), data)

    assert response.status_code == 422
    assert not ChannelReport.objects.exists()


def test_too_many_reports_from_one_address_are_refused(client: Client):
    address = report_address(client)
    answers = [client.post(address, {"fault": "dead"}).status_code for _time in range(6)]

    assert answers == [302] * 5 + [429]
    assert ChannelReport.objects.count() == 5
    other = client.post(address, {"fault": "dead"}, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 302


@pytest.mark.parametrize("query", ["", "?region=370600&channel=none", "?region=999999&channel=x"])
def test_there_is_no_report_on_an_unknown_channel(client: Client, query):
    assert client.get(f"/guides/directory/report/{query}").status_code == 404
