"""The guides in English: whole, built like the Chinese text, and never older than it."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from tests.factories.guides import shipped_guides
from yibao.core.language import CHINESE, ENGLISH, speaking
from yibao.core.words import in_language
from yibao.guides import queries
from yibao.guides.english import blocks_in_language
from yibao.guides.markup import Placeholder, links_of, parse, parse_line

pytestmark = pytest.mark.usefixtures("shipped")
GUIDES = list(shipped_guides().guides)


def article_of(client: Client, address: str) -> str:
    html = client.get(address).content.decode()
    return html[html.index("<article") : html.index("</article>")]


@pytest.mark.parametrize("slug", GUIDES)
def test_the_english_text_is_whole_and_built_like_the_chinese_one(slug: str):
    guide = shipped_guides().guides[slug]
    with speaking(ENGLISH):
        english, is_whole = blocks_in_language(guide.body)
        parse_line(in_language(guide.short))

    assert is_whole
    assert [type(block) for block in english] == [type(block) for block in guide.blocks]
    for of_kind in (placeholders_of, addresses_of):
        assert of_kind(english) == of_kind(guide.blocks)


def placeholders_of(blocks):
    return [block for block in blocks if isinstance(block, Placeholder)]


def addresses_of(blocks):
    return [(link.kind, link.slug) for link in links_of(blocks)]


def test_the_chinese_page_keeps_its_text():
    guide = shipped_guides().guides["what-is-filing"]
    with speaking(CHINESE):
        assert blocks_in_language(guide.body) == (guide.blocks, True)


def test_a_paragraph_that_staff_changed_is_shown_in_chinese(client: Client):
    memory = shipped_guides()
    guide = memory.guides["what-is-filing"]
    body = guide.body.replace("备案不花钱", "备案现在不花钱")
    changed = replace(guide, body=body, blocks=parse(body))
    address = "/guides/what-is-filing/?lang=en"
    before = article_of(client, address)
    queries.MEMORY.hold(replace(memory, guides={**memory.guides, guide.slug: changed}))

    after = article_of(client, f"{address}&insurance=resident")

    assert "Filing costs nothing" in re.sub("<[^>]+>", "", before)
    assert "in Chinese only" not in before
    assert "Filing costs nothing" not in re.sub("<[^>]+>", "", after)
    assert '<span lang="zh-Hans">' in after
    assert "备案现在不花钱" in re.sub("<[^>]+>", "", after)
    assert "without a filing, but usually" in re.sub("<[^>]+>", "", after)
    assert "in Chinese only" in after


def test_english_terms_are_linked_once(client: Client):
    article = article_of(client, "/guides/what-is-filing/?lang=en")

    links = re.findall(r'class="term" href="/guides/glossary/#([a-z0-9-]+)">([^<]+)<', article)
    assert ("insured-place", "place of insurance") in links
    assert ("direct-settlement", "direct settlement") not in links
    assert len({slug for slug, _name in links}) == len(links)
    assert not any(name.lower() != name for slug, name in links if slug == "insured-place")


def test_a_chinese_page_has_no_links_on_english_words(client: Client):
    article = article_of(client, "/guides/what-is-filing/")

    assert not re.search(r'class="term"[^>]*>[A-Za-z]', article)


def test_the_glossary_is_in_the_order_of_its_language(client: Client):
    def names(language: str) -> list[str]:
        html = client.get(f"/guides/glossary/?lang={language}").content.decode()
        return [re.sub("<[^>]+>", "", name) for name in re.findall(r"<dt>(.*?)</dt>", html)]

    english, chinese = names("en"), names("zh-hans")

    assert english[1].startswith("above the set price 超限价自费")
    words = [name.split()[0].lower() for name in english]
    assert words == sorted(words)
    assert [name[:2] for name in (chinese[0], chinese[1])] == ["12", "补办"]
    assert chinese[-1].startswith("最高支付限额")


def test_a_term_that_holds_its_own_name_says_it_once(client: Client):
    english = client.get("/guides/glossary/?lang=en").content.decode()
    headings = re.findall(r"<dt>([^<]+)<", english)

    assert [each.strip() for each in headings if "12393" in each] == ["12393 hotline"]
