"""The page of `emos report`: its size, how long it takes to make, to open, and to filter.

    python benchmarks/report_page.py DATASET...

A dataset is a folder as `emos import` and `emos aggregate` leave it. Its page is made 5 times, each
in a new process, and opened 5 times, each in a newly started Chromium (headless, no GPU). Times in
the browser are its own: from the start of the navigation to the frame after which the page is
usable (`data-ready`) and every part is there (`data-complete`); and from a reader's input to the
frame with its last consequence. Filters are, in every table of the page, the first choices of each
list, every button, and searches for a letter, a word, nothing that exists and nothing at all; the
first search, which prepares the others, among them.

Targets on the release: under 8 MB, usable within 2 s, filters under 100 ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from machine import heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser.chromium import HOW_TO_GET, find_chromium, start
from browser.timing import change_ms, ready_ms
from browser.watching import watch

RUNS = 5
MOST_CHOICES = 8  # options tried of one list
SEARCHES = ("e", "happy", "zq no such text", "")


class Measured(NamedTuple):
    """Seconds and milliseconds of one dataset's page."""

    made: list[float]
    megabytes: float
    ready: list[float]
    complete: list[float]
    filters: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("datasets", type=Path, nargs="+")
    datasets = parser.parse_args().datasets
    program = find_chromium()
    if program is None:
        sys.exit(f"no Chromium: {HOW_TO_GET}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = start(playwright, program)
        version = browser.version
        browser.close()
        found = [measure(playwright, program, one, Path(folder)) for one in datasets]
    print(heading("The page", "python benchmarks/report_page.py DATASET...", "playwright"))
    print(f"Chromium {version}, headless. Medians of {RUNS}; filters: median and slowest of all.\n")
    print("| dataset | made, s | MB | usable, ms | complete, ms | filters | median, ms | slowest |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for dataset, one in zip(datasets, found, strict=True):
        print(
            f"| {dataset.name} | {statistics.median(one.made):.1f} | {one.megabytes:.1f} "
            f"| {statistics.median(one.ready):.0f} | {statistics.median(one.complete):.0f} "
            f"| {len(one.filters)} | {statistics.median(one.filters):.0f} "
            f"| {max(one.filters):.0f} |"
        )


def measure(playwright: Playwright, program: Path, dataset: Path, folder: Path) -> Measured:
    file = folder / "report.html"
    command = [sys.executable, "-m", "emos", "report", str(dataset), "-o", str(file)]
    made = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        made.append(time.perf_counter() - began)
    ready, complete, filters = [], [], []
    for run in range(RUNS):
        browser = start(playwright, program)
        page = opened(browser, file)
        ready.append(ready_ms(page))
        complete.append(ready_ms(page, "complete"))
        if run == 0:
            filters = list(filtered(page))
        browser.close()
    return Measured(made, file.stat().st_size / 1e6, ready, complete, filters)


def opened(browser: Browser, file: Path) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watch(context, file.as_uri())  # brings the clock
    page = context.new_page()
    page.goto(file.as_uri())
    return page


def filtered(page: Page) -> Iterator[float]:
    """Milliseconds of every filter of the page, one after the other."""
    for browser in page.locator("[data-browser]").all():
        search = browser.get_by_role("searchbox")
        for text in SEARCHES:
            yield change_ms(page, partial(search.fill, text))
        for choice in browser.get_by_role("combobox").all():
            for index in (*range(1, min(choice.locator("option").count(), MOST_CHOICES)), 0):
                yield change_ms(page, partial(choice.select_option, index=index))
        for name in browser.locator(".choices button").all_inner_texts():
            button = browser.locator(".choices button").filter(has_text=name).first
            yield change_ms(page, button.click)


if __name__ == "__main__":
    main()
