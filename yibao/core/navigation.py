"""The addresses that stand on every page, worked out once per process."""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from urllib.parse import urlencode

from django.urls import get_script_prefix

# The public addresses are fixed for outside readers, so the frame may name them before
# and independently of the views behind them; a test resolves each one.
ADDRESSES = MappingProxyType(
    {
        "home": "",
        "check": "check/",
        "estimate": "estimate/",
        "compare": "estimate/compare/",
        "bill": "estimate/bill/",
        "diagnose": "diagnose/",
        "note": "diagnose/note/",
        "emergency": "emergency/",
        "regions": "regions/",
        "compare_regions": "regions/compare/",
        "suggest": "regions/suggest",
        "institutions": "institutions/",
        "sources": "sources/",
        "conflicts": "conflicts/",
        "coverage": "coverage/",
        "changes": "changes/",
        "guides": "guides/",
        "glossary": "guides/glossary/",
        "directory": "guides/directory/",
        "search": "search/",
        "takealong": "takealong/",
        "large_type": "type/",
        "language": "language/",
        "deadlines": "deadlines/",
        "status": "status/",
        "filing": "filings/new/",
        "claim": "claims/new/",
    }
)


def links() -> Mapping[str, str]:
    """Return each main page's address by its short name, for templates as `links.check`."""
    return _links(get_script_prefix())


@cache
def _links(script_prefix: str) -> Mapping[str, str]:
    # 25 uses of {% url %} cost as much as an empty page; these never change while running.
    return MappingProxyType({name: script_prefix + path for name, path in ADDRESSES.items()})


def query_of(answers: Mapping[str, str]) -> str:
    """Return answers as the query of an address.

    >>> query_of({"total": "2 000", "for": "mother"})
    'total=2+000&for=mother'
    """
    return "&".join([_pair(name, answer) for name, answer in answers.items()])


@lru_cache(maxsize=8192)
def _pair(name: str, answer: str) -> str:
    # The links of a result repeat the same ten answers again and again.
    return urlencode({name: answer})


def section_of(path: str) -> str:
    """Return the short name of the main page that `path` is or lies under, '' when none.

    >>> section_of("/estimate/compare/"), section_of("/estimate/"), section_of("/nowhere/")
    ('compare', 'estimate', '')
    """
    known = links()
    home = known["home"]
    if path == home:
        return "home"
    under = [
        (len(link), name) for name, link in known.items() if link != home and path.startswith(link)
    ]
    return max(under, default=(0, ""))[1]
