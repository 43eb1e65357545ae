"""A real Chromium: with and without JavaScript, on a phone and a desk, checked with axe."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.factories.staff import signed_in as sign_in
from yibao.accounts.models import User

# Playwright's sync API keeps an asyncio loop running in the test's thread, where Django
# would otherwise refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine may answer late; what never comes fails all the same.
expect.set_options(timeout=20_000)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
EXPECTED = ["status of 422", "status of 404", "htmx:sendAbort", "htmx:afterRequest"]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _chromium() -> str | None:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    args = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    launch = {**browser_type_launch_args, "args": args, "env": {**os.environ, "LANGUAGE": "zh_CN"}}
    if path := _chromium():
        launch["executable_path"] = path
    return launch


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": DESK,
    }


@pytest.fixture
def open_page(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any
) -> Iterator[Callable[..., Page]]:
    """Open pages of the running site: `open_page("/", phone=True, javascript=False, large=True)`.

    The test fails at its end on any console error, CSP report or uncaught exception
    (422 and 404 answers, which Chromium reports as errors, are the test's own matter).
    HTMX reports an abort too: a request that a newer one takes the place of, which is what
    the page asks for. `htmx:afterRequest` says the same of any request without an answer;
    the error that follows it names the kind.
    """
    contexts: list[BrowserContext] = []
    seen: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            seen.append(message.text)

    def opened(
        path: str, *, phone: bool = False, javascript: bool = True, large: bool = False
    ) -> Page:
        context = browser.new_context(
            **{
                **browser_context_args,
                "viewport": PHONE if phone else DESK,
                "java_script_enabled": javascript,
                "base_url": live_server.url,
            }
        )
        contexts.append(context)
        if large:
            context.add_cookies([{"name": "type", "value": "large", "url": live_server.url}])
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen == []


@pytest.fixture
def signed_in(open_page: Callable[..., Page], live_server: Any) -> Callable[[User, str], Page]:
    """Open a page of the panel as an officer who has signed in: `signed_in(user, "/admin/")`."""

    def opened(user: User, path: str) -> Page:
        page = open_page("/sources/")
        cookie = sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.goto(path)
        return page

    return opened


@pytest.fixture
def axe_violations() -> Callable[[Page], list[str]]:
    """Name every violation of WCAG 2.2 A and AA that axe finds on a page (needs JavaScript)."""
    axe = Axe()

    def run(page: Page) -> list[str]:
        results = axe.run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        return [
            f"{found['id']}: {', '.join(str(node['target']) for node in found['nodes'])}"
            for found in results.response["violations"]
        ]

    return run


@pytest.fixture
def overflows() -> Callable[[Page], bool]:
    """Tell whether the page is wider than the screen."""
    return lambda page: page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
