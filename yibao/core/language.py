"""The two languages of the public pages: Chinese, the source, and English.

Only the reader's own choice changes the language: `?lang=en` in an address, or the switch
in the header, which is remembered in a cookie. What a browser says of itself
(Accept-Language) is not asked, so that an address means the same page for everybody. The
staff panel speaks Chinese.

What is worked out once per process is kept per language: `per_language`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CHINESE = "zh-hans"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
COOKIE = "lang"
PARAMETER = "lang"
YEAR_SECONDS = 365 * 24 * 60 * 60
_STAFF = "/admin/"

_spoken: ContextVar[str] = ContextVar("spoken", default=CHINESE)


def spoken() -> str:
    """Return the language of this page; quicker than asking Django, who asks a thread."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language of `LANGUAGES` inside the block."""
    token = _spoken.set(language)
    try:
        with translation.override(language):
            yield
    finally:
        _spoken.reset(token)


def per_language[F: Callable[..., Any]](maxsize: int | None = None) -> Callable[[F], F]:
    """Keep what a function returns, per language and arguments, like `lru_cache`."""

    def decorate(function: F) -> F:
        @lru_cache(maxsize)
        def kept(language: str, *args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        @wraps(function)
        def answer(*args: Any, **kwargs: Any) -> Any:
            return kept(_spoken.get(), *args, **kwargs)

        return cast("F", answer)

    return decorate


class LanguageMiddleware:
    """Choose the language of a page, and tell readers which of its words are Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get(PARAMETER, "")
        language = chosen(request)
        with speaking(language):
            response = self.get_response(request)
            if language == ENGLISH and _is_page(response):
                response.content = chinese_marked(response.content.decode()).encode()
        if _is_page(response):
            patch_vary_headers(response, ("Cookie",))
        response.headers["Content-Language"] = "en" if language == ENGLISH else "zh-Hans"
        if asked == language and request.COOKIES.get(COOKIE, CHINESE) != language:
            remember(response, language, is_secure=request.is_secure())
        return response


def chosen(request: HttpRequest) -> str:
    """Return the language that a request asks for: its address wins over the cookie."""
    if request.path_info.startswith(_STAFF):
        return CHINESE
    for named in (request.GET.get(PARAMETER), request.COOKIES.get(COOKIE)):
        if named in LANGUAGES:
            return str(named)
    return CHINESE


def remember(response: HttpResponse, language: str, *, is_secure: bool) -> None:
    """Keep the choice for a year; Chinese, the site's own, needs no cookie."""
    if language == CHINESE:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        language,
        max_age=YEAR_SECONDS,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )


def _is_page(response: HttpResponse) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return is_html and not response.streaming and bool(response.content)


# --- The Chinese words of an English page (WCAG 3.1.2) ----------------------------------------

_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_WIDE = r"\u3000-\u303f\uff00-\uff65"  # the marks that stand among them
_WORDS = re.compile(
    rf"[\u201c{_WIDE}]*[{_HAN}](?:[{_HAN}{_WIDE}\u2018-\u201d·0-9A-Za-z%.,:/-]*[{_HAN}{_WIDE}\u201d])?"
)
_STRAY = str.maketrans(
    {"：": ": ", "，": ", ", "。": ". ", "；": "; ", "、": ", ", "（": " (", "）": ")"}  # not shown
)
"""Chinese marks between English words, from templates that join them."""
_JOINED = re.compile(r"(?<=[a-z)][.;])(?=[A-Z][a-z])")
"""Where templates join two sentences without a blank, as Chinese does."""
_PIECES = re.compile(
    r"<(?P<raw>script|style|textarea)\b[^>]*>.*?</(?P=raw)>"
    r"|<title>(?P<title>[^<]*)"
    r"|<option\b(?P<option>[^>]*)>(?P<choice>[^<]*)"
    r"|<[^>]*>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)


def chinese_marked(html: str) -> str:
    """Return a page in English with its Chinese words marked as Chinese.

    Names of places, titles of documents and quotes stay as their sources have them; a voice
    that reads the page aloud has to know. Options take the mark themselves, as they hold
    nothing but text. A name that is known in English has it behind, in brackets.

    >>> chinese_marked("<p>Care in 烟台市, 住院.</p>")
    '<p>Care in <span lang="zh-Hans">烟台市</span>, <span lang="zh-Hans">住院</span>.</p>'
    >>> chinese_marked('<option value="1">烟台')
    '<option value="1" lang="zh-Hans">烟台'
    >>> chinese_marked("<p>Not found.Please ask.</p>")
    '<p>Not found. Please ask.</p>'
    """
    return _PIECES.sub(_piece, html)


_glosses: list[Callable[[str], str | None]] = []


def gloss_with(english_of: Callable[[str], str | None]) -> None:
    """Take in what names some Chinese words in English; an app calls this once, at start."""
    _glosses.append(english_of)


def _english_of(words: str) -> str | None:
    return next((english for gloss in _glosses if (english := gloss(words))), None)


def _piece(match: re.Match[str]) -> str:
    if (text := match["text"]) is not None:
        return "".join(_marked(text))
    if match["title"] is not None:
        return f"<title>{_WORDS.sub(_named, match['title'])}"
    if match["option"] is not None and _WORDS.search(match["choice"]):
        return f'<option{match["option"]} lang="zh-Hans">{match["choice"]}'
    return match[0]


def _named(match: re.Match[str]) -> str:
    return _english_of(match[0]) or match[0]


def _marked(text: str) -> Iterator[str]:
    end = 0
    text = _JOINED.sub(" ", text)
    for match in _WORDS.finditer(text):
        yield text[end : match.start()].translate(_STRAY)
        english = _english_of(match[0])
        yield f'<span lang="zh-Hans">{match[0]}</span>{f" ({english})" if english else ""}'
        end = match.end()
    yield text[end:].translate(_STRAY)
