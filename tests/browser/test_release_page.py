"""The page of the whole EmoS release: as small and as quick as it must be."""

from __future__ import annotations

from functools import partial

import pytest

from browser.conftest import OpenPage
from browser.looking import screenshot, sideways
from browser.test_page import assert_quick, assert_usable
from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.report.results import Results
from emos.report.write_report import Written, write_report
from emos.tables import Dataset

pytestmark = pytest.mark.release
MOST_MB = 8


@pytest.fixture(scope="module")
def written(release: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Written:
    found = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    dataset = release.with_tables(labels=found.labels, soft_labels=found.soft_labels)
    page = tmp_path_factory.mktemp("release") / "report.html"
    return write_report(Results(dataset, replicates=20), page)


def test_it_is_one_small_file(written: Written) -> None:
    assert written.beside is None
    assert written.page.stat().st_size < MOST_MB * 1e6


def test_it_is_usable_and_filtered_at_once(open_page: OpenPage, written: Written) -> None:
    page = open_page(written.page)
    assert_usable(page)
    items = page.locator("[data-browser=items]")
    status, search = items.get_by_role("status"), items.get_by_role("searchbox")
    assert "9,449" in status.inner_text()  # 9,403 clips and 46 monologues
    for text in ("e", "happy", "no such text zq"):
        assert_quick(page, partial(search.fill, text), partial(search.fill, ""))
    search.fill("")
    for choice in items.get_by_role("combobox").all():
        pick = choice.select_option
        assert_quick(page, partial(pick, index=1), partial(pick, index=0))
        pick(index=0)
    screenshot(page, "release-en")


def test_it_fits_a_phone(open_page: OpenPage, written: Written) -> None:
    page = open_page(written.page, width=375)
    assert_usable(page)
    assert sideways(page) == []
    screenshot(page, "release-en-phone")
