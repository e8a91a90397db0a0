"""One Chromium for all browser tests, and a second one without fonts where a test asks for it.

Where there is no Chromium these tests skip and say how to get one. With EMOS_BROWSER_REQUIRED=1
(as in `.ci/run`) none may be skipped, except for real files that are not there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from browser.chromium import HOW_TO_GET, find_chromium, start
from browser.watching import Record, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

    from emos.demo import Demo

PHONE = 480  # CSS pixels; a narrower window is a phone's, which asks the page for its viewport
REAL_FILES = {"release": "EMOS_RELEASE", "meld": "EMOS_MELD"}  # marker, and where its files are


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = os.environ.get("EMOS_BROWSER_REQUIRED") == "1"
    lacks_files = any(
        item.get_closest_marker(marker) and not os.environ.get(variable)
        for marker, variable in REAL_FILES.items()
    )
    if report.skipped and required and not hasattr(report, "wasxfail") and not lacks_files:
        report.outcome = "failed"
        report.longrepr = f"skipped in spite of EMOS_BROWSER_REQUIRED=1: {report.longrepr}"
    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = _started(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def browser_without_fonts(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = _started(playwright, no_fonts_in=tmp_path_factory.mktemp("no-fonts"))
    yield browser
    browser.close()


def _started(playwright: Playwright, *, no_fonts_in: Path | None = None) -> Browser:
    from playwright.sync_api import Error

    program = find_chromium()
    if program is None:
        pytest.skip(f"no Chromium: {HOW_TO_GET}")
    try:
        return start(playwright, program, no_fonts_in=no_fonts_in)
    except Error as error:
        why = f"{program} does not start: {error.message.splitlines()[0]}; {HOW_TO_GET}"
    if os.environ.get("EMOS_CHROMIUM"):
        pytest.fail(why)
    pytest.skip(why)


class OpenPage:
    """Opens pages for one test and keeps a record of what each does."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._opened: list[tuple[BrowserContext, Page, Record, bool]] = []

    def __call__(
        self,
        path: Path,
        *,
        width: int = 1280,
        height: int = 800,
        hide_fonts: bool = False,
        javascript: bool = True,
        media: Literal["screen", "print"] = "screen",
        clean: bool = True,
    ) -> Page:
        """The page in the file `path`, loaded. `clean=False` for one that is meant to misbehave."""
        name = "browser_without_fonts" if hide_fonts else "browser"
        browser: Browser = self._request.getfixturevalue(name)
        phone = width <= PHONE
        context = browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        url = path.resolve().as_uri()
        record = watch(context, url)
        page = context.new_page()
        self._opened.append((context, page, record, clean))
        page.emulate_media(media=media)
        page.goto(url)
        return page

    def record(self, page: Page) -> Record:
        """What `page` has done until now."""
        page.wait_for_timeout(50)  # events that are on their way
        return next(record for _, known, record, _ in self._opened if known is page)

    def close(self) -> None:
        """Close all pages; then fail if one was not clean."""
        records = []
        for context, page, record, clean in self._opened:
            if not page.is_closed():
                page.wait_for_timeout(50)
            context.close()
            records += [record] if clean else []
        for record in records:
            record.assert_clean()


@pytest.fixture
def open_page(request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    opener = OpenPage(request)
    yield opener
    opener.close()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    from emos.demo import run_demo

    return run_demo(tmp_path_factory.mktemp("demo") / "emos-demo")


@pytest.fixture(scope="package")
def demo_page(demo: Demo) -> Callable[[str], Path]:
    """The whole page of the demo's dataset in a language."""
    from emos.report.results import Results
    from emos.report.write_report import write_report
    from emos.tables import Dataset

    results = Results(
        Dataset.load(demo.folder / "dataset"),
        paper="demo_paper",
        folder=demo.folder / "corpus",
        replicates=100,
    )

    @cache
    def write(language: str) -> Path:
        page = demo.folder.parent / f"{language}.html"
        return write_report(results, page, language=language).page

    return write
