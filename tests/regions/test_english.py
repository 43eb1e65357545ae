"""Regions have a name in Latin letters on English pages."""

import pytest
from django.test import Client

from yibao.core.language import chinese_marked
from yibao.regions import queries
from yibao.regions.english import CUSTOMARY, english_of
from yibao.sources import files

pytestmark = pytest.mark.usefixtures("db", "shipped")


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("山东省烟台市", "Yantai, Shandong"),
        ("烟台市", "Yantai"),
        ("陕西省西安市", "Xi'an, Shaanxi"),
        ("山西省", "Shanxi"),
        ("内蒙古自治区呼和浩特市", "Hohhot, Inner Mongolia"),
        ("上海市", "Shanghai"),
        ("江西省省本级", "Jiangxi, own pool"),
        ("全国", "whole country"),
        ("陕西省西安市碑林区", "Beilin, Xi'an, Shaanxi"),
    ],
)
def test_a_region_is_named(chinese: str, english: str) -> None:
    assert english_of(chinese) == english


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("烟台市医疗保障局", "Yantai Healthcare Security Bureau"),
        ("西安市医疗保障局、财政局", "Xi'an Healthcare Security Bureau; Finance Bureau"),
        (
            "国家医疗保障局、财政部",
            "National Healthcare Security Administration; Ministry of Finance",
        ),
        ("铜川市人民政府办公室", "Tongchuan People's Government, General Office"),
        ("江西省医疗保障局等", "Jiangxi Healthcare Security Bureau and others"),
        ("广州市人民政府门户网站（市医疗保障局供稿）", "Guangzhou People's Government, website"),
    ],
)
def test_an_issuer_is_named(chinese: str, english: str) -> None:
    assert english_of(chinese) == english


@pytest.mark.parametrize("words", ["某某市医疗保障局", "国务院、某某办公厅", "参保地医疗保障局"])
def test_an_issuer_known_in_part_stays_as_it_is(words: str) -> None:
    assert english_of(words) is None


def test_every_shipped_issuer_is_named() -> None:
    issuers = {document.issuer for document in files.read().documents} - {""}

    assert len(issuers) > 40
    assert [issuer for issuer in sorted(issuers) if not english_of(issuer)] == []


@pytest.mark.parametrize("words", ["鼓楼区", "医保码", "", "本级"])
def test_other_words_and_names_of_several_places_are_not(words: str) -> None:
    assert english_of(words) is None


def test_every_region_has_a_name_in_latin_letters() -> None:
    for region in queries.MEMORY.get().index.regions.values():
        named = english_of(region.full_name)
        assert named, region
        assert named.isascii(), region


def test_customary_names_are_of_known_regions() -> None:
    assert set(CUSTOMARY) <= set(queries.MEMORY.get().index.regions)


def test_the_name_stands_behind_the_chinese_one() -> None:
    assert chinese_marked("<p>山东省烟台市: rules</p>") == (
        '<p><span lang="zh-Hans">山东省烟台市</span> (Yantai, Shandong): rules</p>'
    )
    assert chinese_marked("<title>Rules of 山东省烟台市</title>") == (
        "<title>Rules of Yantai, Shandong</title>"
    )


def test_a_region_page_is_titled_in_english(client: Client) -> None:
    page = client.get("/regions/370600/?lang=en").content.decode()

    assert "Yantai, Shandong" in page.partition("<title>")[2].partition("</title>")[0]
