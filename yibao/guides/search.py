"""One search over guides, terms, regions and institutions, by characters and by pinyin.

A question is compared sign pair by sign pair, rare pairs counting more, so that a whole
sentence finds its guide although no word is told from the next. A place named in the
question goes along to the guide.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yibao.core.language import ENGLISH, spoken
from yibao.core.stamps import Stamped
from yibao.core.words import in_language
from yibao.guides import english, queries
from yibao.guides.topics import Topic
from yibao.institutions import search as institutions
from yibao.institutions.pinyin import syllables
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef, normalise

MOST_GUIDES = 8
MOST_TERMS = 4
MOST_REGIONS = 6
MOST_INSTITUTIONS = 5
_WEIGHTS = (4, 3, 1)
"""Of the question, the other ways to ask, the short answer."""
_WHOLE = 4
_SHARE_OF_BEST = 0.45
_SHARE_OF_QUESTION = 0.2
_SHARE_OF_SOUND = 0.5
_LONGEST_PLACE = 12
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the results."""

    title: str
    summary: str
    address: str


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, each kind best first. `place` is the region named in the question."""

    guides: tuple[Hit, ...]
    terms: tuple[Hit, ...]
    regions: tuple[Hit, ...]
    institutions: tuple[Hit, ...]
    place: RegionRef | None

    @property
    def count(self) -> int:
        return sum(map(len, (self.guides, self.terms, self.regions, self.institutions)))


@dataclass(frozen=True, slots=True)
class _Entry:
    slug: str
    names: tuple[str, ...]
    grams: Mapping[str, int]
    heard: Mapping[str, int]
    sounds: tuple["_Sound", ...]


@dataclass(frozen=True, slots=True)
class _Sound:
    """A name as it is spoken: whole syllables with the places at which one begins, and
    initials."""

    whole: str
    starts: frozenset[int]
    initials: str

    def holds(self, typed: str) -> bool:
        if typed in self.initials:
            return True
        place = self.whole.find(typed)
        while place >= 0:
            if place in self.starts:
                return True
            place = self.whole.find(typed, place + 1)
        return False


class _Index:
    """Entries of one kind with how rare each pair of signs is among them."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._entries = tuple(entries)
        self._rarity = self._rarities(entry.grams for entry in self._entries)
        self._rarity_heard = self._rarities(entry.heard for entry in self._entries)

    def _rarities(self, grams: Iterable[Mapping[str, int]]) -> dict[str, float]:
        counts = Counter(gram for each in grams for gram in each)
        total = len(self._entries) + 1
        return {gram: math.log(total / count) + 0.1 for gram, count in counts.items()}

    def search(self, text: str, most: int) -> list[str]:
        """Return the slugs of the best entries."""
        if _LATIN.fullmatch(text):
            return self._spelled([text], most)
        return self._written(text, most) or self._misspelt(text, most)

    def spelled(self, typed: str, most: int) -> list[str]:
        """Return the slugs of the entries that hold every word of pinyin."""
        words = typed.lower().split()
        if len(words) < 2 or not all(map(_LATIN.fullmatch, words)):
            return []
        return self._spelled(words, most)

    def _spelled(self, words: list[str], most: int) -> list[str]:
        found = (
            entry.slug
            for entry in self._entries
            if all(any(sound.holds(word) for sound in entry.sounds) for word in words)
        )
        return list(islice(found, most))

    def _misspelt(self, text: str, most: int) -> list[str]:
        """Return what sounds like the text: another sign of the same sound was typed."""
        pairs = _pairs_heard(text)
        asked = sum(self._rarity_heard.get(pair, 0) for pair in pairs)
        scores = {}
        for entry in self._entries:
            shared = [pair for pair in pairs if pair in entry.heard]
            if sum(self._rarity_heard[pair] for pair in shared) > asked * _SHARE_OF_SOUND:
                scores[entry.slug] = sum(
                    self._rarity_heard[pair] * entry.heard[pair] for pair in shared
                )
        return sorted(scores, key=lambda slug: -scores[slug])[:most]

    def _written(self, text: str, most: int) -> list[str]:
        grams = _grams(text)
        asked = sum(self._rarity.get(gram, 0) for gram in grams)
        scored = []
        for place, entry in enumerate(self._entries):
            shared = [gram for gram in grams if gram in entry.grams]
            score = sum(self._rarity[gram] * entry.grams[gram] for gram in shared)
            # Another way to ask that stands in the question as a whole says more than pairs.
            score += _WHOLE * sum(
                self._rarity[gram] for name in entry.names if name in text for gram in _grams(name)
            )
            if score and sum(self._rarity[gram] for gram in shared) >= asked * _SHARE_OF_QUESTION:
                scored.append((-score, place, entry.slug))
        scored.sort()
        best = -scored[0][0] if scored else 0
        return [slug for score, _place, slug in scored[:most] if -score >= best * _SHARE_OF_BEST]


@dataclass(frozen=True, slots=True)
class _Indexes:
    guides: _Index
    terms: _Index


def _grams(text: str) -> set[str]:
    """Return the pairs of neighbouring signs; a single sign is its own."""
    if len(text) == 1:
        return {text}
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _entry(slug: str, texts: tuple[tuple[str, ...], ...]) -> _Entry:
    """`texts` are the names, the other names, and what is said; each a tuple of texts."""
    grams: dict[str, int] = {}
    heard: dict[str, int] = {}
    for weight, group in zip(_WEIGHTS, texts, strict=True):
        for text in group:
            for pair in _pairs_heard(text):
                heard[pair] = max(heard.get(pair, 0), weight)
            plain = normalise(text) if len(text) <= 60 else _plain(text)
            for gram in {*_grams(plain), *plain}:
                # A single sign is found by people who typed one; it must not weigh.
                grams[gram] = max(grams.get(gram, 0), weight if len(gram) > 1 else 1)
    names = tuple(normalise(text) for group in texts[:2] for text in group)
    return _Entry(slug, names, grams, heard, tuple(map(_sound, (*texts[0], *texts[1]))))


def _pairs_heard(text: str) -> set[str]:
    """Return the pairs of neighbouring syllables."""
    said = [syllable for syllable in syllables(text.lower()) if syllable.isalnum()]
    return {f"{one} {next_one}" for one, next_one in pairwise(said)}


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


@lru_cache(maxsize=4096)
def _sound(text: str) -> _Sound:
    said = [syllable for syllable in syllables(text.lower()) if syllable.isalnum()]
    starts, place = set(), 0
    for syllable in said:
        starts.add(place)
        place += len(syllable)
    return _Sound("".join(said), frozenset(starts), "".join(syllable[0] for syllable in said))


def _build() -> _Indexes:
    guides = (
        _entry(row.slug, ((row.question,), tuple(row.keywords.split()), (row.short,)))
        for row in queries.list_guides()
    )
    terms = (
        _entry(row.slug, ((row.name,), row.aliases, (row.definition,)))
        for row in queries.list_terms()
    )
    return _Indexes(_Index(guides), _Index(terms))


INDEXES = Stamped("guides", _build)


def _names_of_places() -> dict[str, RegionRef]:
    found = {}
    for group in regions.list_provinces():
        for region in (group.province, *group.pools):
            found[region.name] = region
            if len(region.short_name) > 1:
                found.setdefault(region.short_name, region)
    return found


_PLACES = Stamped("regions", _names_of_places)


def place_in(text: str) -> tuple[RegionRef | None, str]:
    """Return the pooling region or province that a text names, and the text without it.

    The city counts where its province is named too (`山东烟台`).
    """
    places = _PLACES.get()
    found: list[RegionRef] = []
    rest = text
    for name in _names_in(text, places):
        found.append(places[name])
        rest = rest.replace(name, "", 1)
    if not found:
        return None, text
    return next((region for region in found if region.is_pooling), found[0]), rest


def _names_in(text: str, places: Mapping[str, RegionRef]) -> Iterator[str]:
    place = 0
    while place < len(text):
        parts = (text[place : place + size] for size in range(_LONGEST_PLACE, 1, -1))
        name = next((part for part in parts if part in places), "")
        if name:
            yield name
        place += len(name) or 1


def search(text: str, *, carried: Mapping[str, str], on: date) -> Results:
    """Return what fits a question, best first. `carried` goes along in the addresses."""
    place, rest = place_in(text)
    typed = normalise(rest) or normalise(text)
    if not typed:
        return Results((), (), (), (), None)
    indexes = INDEXES.get()
    guides = {row.slug: row for row in queries.list_guides()}
    terms = {row.slug: row for row in queries.list_terms()}
    query = {**carried, **({"insured": place.code} if place and place.is_pooling else {})}
    found = [place] if place else []
    found += [region for region in regions.search(text, MOST_REGIONS) if region not in found]
    guide_slugs = indexes.guides.search(typed, MOST_GUIDES) if normalise(rest) else []
    guide_slugs = guide_slugs or indexes.guides.spelled(rest, MOST_GUIDES)
    guide_slugs = guide_slugs or english.search(
        text,
        {slug: (row.question, row.keywords, row.short) for slug, row in guides.items()},
        MOST_GUIDES,
    )
    term_slugs = indexes.terms.search(typed, MOST_TERMS) or english.search(
        text, {slug: (row.english, row.definition) for slug, row in terms.items()}, MOST_TERMS
    )
    return Results(
        guides=tuple(_guide_hit(guides[slug], query) for slug in guide_slugs),
        terms=tuple(
            Hit(
                _term_title(terms[slug]),
                in_language(terms[slug].definition),
                f"{reverse('guides:glossary')}#{slug}",
            )
            for slug in term_slugs
        ),
        regions=tuple(
            Hit(
                _("%(name)s的医保规定") % {"name": region.full_name},
                region.code,
                reverse("policies:region", args=[region.code]),
            )
            for region in found[:MOST_REGIONS]
        ),
        institutions=_institutions(text, on),
        place=place,
    )


def _institutions(text: str, on: date) -> tuple[Hit, ...]:
    """Return institutions whose names fit, one more being the way to the finder."""
    page = institutions.search(institutions.Wanted(on=on, text=text))
    hits = [
        Hit(
            row.name,
            regions.get_region(row.region_code).full_name,
            reverse("institutions:institution", args=[row.code]),
        )
        for row in page.rows[:MOST_INSTITUTIONS]
    ]
    if len(page.rows) > MOST_INSTITUTIONS:
        address = f"{reverse('institutions:finder')}?{urlencode({'q': text})}"
        hits.append(Hit(_("在医院和药店里找更多"), "", address))
    return tuple(hits)


def _term_title(term: queries.TermRow) -> str:
    is_english = spoken() == ENGLISH and term.english
    return f"{term.name} {term.english}" if is_english else term.name


def _guide_hit(guide: queries.GuideRow, query: Mapping[str, str]) -> Hit:
    from yibao.guides.pages import guide_address

    title = in_language(guide.question)
    if guide.topic is Topic.ELSEWHERE:
        title = _("%(question)s（不归医保管）") % {"question": title}
        query = {}
    return Hit(title, in_language(guide.short), guide_address(guide.slug, query))
