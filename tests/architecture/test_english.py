"""The English catalogue holds every public word, and each page is English but for its sources."""

import gettext
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.translation import trans_real

from tests.architecture.code import PACKAGE
from tests.architecture.public_words import public_words, words_of_data
from tests.faults.addresses import public_paths
from yibao.core.language import COOKIE, ENGLISH

HAN = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%(?:\([a-z_]+\))?[0-9]*[sd]")
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
WORDS = public_words()

QUOTED = re.compile(r"“[^”]*”|《[^》]*》|\([^()]*\)|（[^）]*）")
SPOKEN = re.compile(r".+ \([A-Z].*\)", re.S)
"""What is read out at a window: Chinese, then the English in brackets."""
NAMES = {"中文", "%(region)s本级"}
"""Words that an English page says in Chinese: the switch, and part of a region's name."""


@cache
def catalogue() -> gettext.GNUTranslations:
    with CATALOGUE.open("rb") as file:
        return gettext.GNUTranslations(file)


def english_of(chinese: str) -> str:
    found = catalogue()._catalog  # type: ignore[attr-defined]
    return str(found.get(chinese) or found.get((chinese, 0)) or "")


def test_every_public_word_is_translated() -> None:
    missing = {text: place for text, place in WORDS.items() if not english_of(text)}

    assert missing == {}


def test_no_word_is_left_over() -> None:
    known = catalogue()._catalog  # type: ignore[attr-defined]
    kept = {key[0] if isinstance(key, tuple) else key for key in known if key}

    assert kept - set(WORDS) == set()


def test_translations_keep_every_placeholder() -> None:
    def names(text: str) -> list[str]:
        return sorted(re.sub(r"[0-9]", "", found) for found in PLACEHOLDER.findall(text))

    wrong = {text for text in WORDS if names(text) != names(english_of(text))}

    assert wrong == set()


def test_chinese_in_a_translation_is_quoted_or_read_out() -> None:
    """Names of apps and papers that one has to find, in quotes or brackets, and sentences for
    the window."""
    wrong = {
        text: english
        for text in WORDS
        if text not in NAMES
        and (english := english_of(text))
        and not SPOKEN.fullmatch(english)
        and HAN.search(QUOTED.sub("", english))
    }

    assert wrong == {}


MONTHS = "January February March April May June July August September October November December"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def numbers_in(text: str) -> set[Decimal]:
    """Return the figures of a text but 1, which English says as "each" or "once"."""
    for number, month in enumerate(MONTHS.split(), start=1):
        text = re.sub(rf"\b{month}\b", str(number), text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"([\d.]+) *万", lambda found: str(Decimal(found[1]) * 10_000), text)
    return {Decimal(found) for found in NUMBER.findall(text)} - {Decimal(1)}


def test_figures_of_the_data_are_the_same_in_english() -> None:
    wrong = {
        text: english
        for text in words_of_data()
        if text and numbers_in(text) != numbers_in(english := english_of(text) or text)
    }

    assert wrong == {}


# --- The pages -----------------------------------------------------------------------------

CASE = {"insured": "360100", "care": "310000", "insurance": "resident", "care_type": "inpatient"}
BILL = {**CASE, "level": "tertiary", "filing": "referral", "total": "20000"}
PLACES = {"insured": "320500", "care": "310000", "insurance": "employee"}
ASKED: list[tuple[str, dict[str, str]]] = [
    ("/check/", {"start": "long"}),
    ("/check/", {**CASE, "reason": "resettled"}),
    ("/check/", {**PLACES, "reason": "other", "care_type": "chronic"}),
    ("/check/", {**PLACES, "urgency": "emergency", "care_type": "inpatient", "stage": "admitted"}),
    ("/check/", {"insured": "x", "care": "", "insurance": "gold", "on": "1990-01-01"}),
    ("/estimate/", BILL),
    ("/estimate/", {**BILL, "insured": "440600", "insurance": "employee"}),
    ("/estimate/", {**BILL, "insured": "370600", "filing": "other_temporary"}),
    ("/estimate/", {**BILL, "total": "many"}),
    ("/estimate/compare/", CASE | {"level": "tertiary", "total": "20000"}),
    ("/diagnose/", {"symptom": "money"}),
    ("/diagnose/", {"symptom": "F-01", **PLACES}),
    ("/diagnose/", {"symptom": "F-09", "insured": "370600"}),
    ("/diagnose/", {"symptom": "F-06", "stage": "discharged", **PLACES}),
    ("/diagnose/", {"symptom": "F-13", "care": "abroad"}),
    ("/deadlines/", {**CASE, "existing_category": "other_temporary", "on": "2026-11-01"}),
    ("/regions/", {"q": "yantai"}),
    ("/regions/", {"q": "xyzzy"}),
    ("/regions/compare/", {"a": "370600", "b": "360100", "insurance": "employee"}),
    ("/conflicts/", {"region": "370600"}),
    ("/takealong/", {"from": "diagnose", "symptom": "F-01"}),
    ("/takealong/", {"from": "check", **CASE, "reason": "resettled"}),
    ("/takealong/", {"from": "estimate", **BILL}),
    ("/search/", {"q": "yantai"}),
    ("/search/", {"q": "xyzzy"}),
]


@pytest.fixture
def missed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Chinese words that a page looks up in English and does not find."""
    found: set[str] = set()
    look_up = trans_real.DjangoTranslation.gettext

    def watched(self: Any, message: str) -> str:
        said = str(look_up(self, message))
        is_english = self.language() == ENGLISH
        if is_english and said == message and message not in NAMES and HAN.search(message):
            found.add(message)
        return said

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", watched)
    return found


MARKED = re.compile(
    r'<(?P<name>[a-z0-9]+)(?=[^>]* lang="zh-Hans")[^>]*>[^<]*'
    r"|<(?P<raw>script|style|title|textarea)\b[^>]*>.*?</(?P=raw)>"
    r"|<[^>]*>",
    re.S,
)
LABELS = re.compile(
    r'<(?:legend|h1|h2|h3|button|summary|th|label)\b[^>]*>\s*(?:<h1>)?<span lang="zh-Hans">'
    r"([^<]+)</span>\s*</"
)


def one_of_each(addresses: Iterable[str]) -> list[str]:
    """Return the addresses without those that only try what a part of an address may hold."""
    tries = ("9999", "xxx", "aaa", "XPCC", "%", "..", "/-", "/0/", "/1/", "111111", "/310000")
    tries += ("nothing-here", "H1101", "/draft/")
    plain = dict.fromkeys(address.replace("//", "/") for address in addresses)
    return [address for address in plain if not any(each in address for each in tries)]


@pytest.mark.django_db
def test_public_pages_are_english_but_for_what_is_marked_as_chinese(
    shipped: None, missed: set[str]
) -> None:
    english, chinese = Client(), Client()
    texts = set(WORDS)
    addresses = [
        *one_of_each(public_paths()),
        *(f"{page}?{urlencode(query)}" for page, query in ASKED),
    ]
    pages = 0
    for address in addresses:
        # What a page keeps in memory was kept in Chinese first.
        chinese.get(address)
        english.cookies[COOKIE] = "en"
        response = english.get(address)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        pages += 1
        html = response.content.decode()
        assert '<html lang="en"' in html or "<html" not in html, address
        assert not HAN.search(MARKED.sub("", html)), address
        frozen = {unescape(words) for words in LABELS.findall(html)} & texts - NAMES
        assert not frozen, (address, frozen)

    assert missed == set()
    assert pages > len(ASKED)
