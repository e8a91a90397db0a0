"""Markup and scripts in every text of a dataset stay text, wherever the page shows them."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
from playwright.sync_api import Page, expect

from browser.conftest import OpenPage
from browser.hostile import MARKUP, hostile, hostile_dataset
from browser.test_page import open_details, opened
from emos.aggregate import aggregate_dataset
from emos.demo import Demo
from emos.readers import read_source
from emos.report.results import Results
from emos.report.write_report import write_report
from emos.tables import Dataset

# Columns whose texts a reader of the page meets: on it, in an item's panel, in a list.
SHOWN = {
    "items": "item_id subset batch language transcript speaker group source_id source_label media",
    "votes": "annotator layer labels aside raw file sheet cell",
    "labels": "label original reason",
    "monologues": "monologue_id summary trajectory",
    "utterances": "transcript_zh transcript_en secondary_aside audio_cues visual_cues evidence",
    "ledger": "rule file cell item_id annotator before after note",
}
FOLDER = "<img src=x onerror=alert(5)>\"'&lt;b&gt;"  # of source files that lint looks over
TEXTS = """(selector) => {
  const root = document.querySelector(selector);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (!parentElement.closest("script, style")) texts.push(data);
  }
  for (const box of root.querySelectorAll("[aria-label], [title]")) {
    texts.push(box.getAttribute("aria-label") || "", box.getAttribute("title") || "");
  }
  return texts.join("\\n");
}"""
MADE = """() => [...document.querySelectorAll("b, i, img, [onerror], [onmouseover], [onfocus]")]
  .map((element) => element.outerHTML.slice(0, 200))"""


def test_every_text_of_a_dataset_stays_text(
    open_page: OpenPage, demo: Demo, tmp_path: Path
) -> None:
    dataset = hostile_dataset(Dataset.load(demo.folder / "dataset"))
    sources = tmp_path / "sources"
    shutil.copytree(demo.folder / "corpus" / "streaming", sources / FOLDER)
    results = Results(dataset, folder=sources, replicates=20)
    page = opened(open_page, write_report(results, tmp_path / "page.html").page)
    scripts = page.locator("script:not([data-name])").count()
    assert scripts == 1
    seen = "\n".join(visit(page, dataset))
    assert page.evaluate("document.title").startswith(hostile("EmoS demo"))
    unseen = [
        f"{table}.{column}"
        for table, columns in SHOWN.items()
        for column in columns.split()
        if not any(text in seen for text in texts_of(getattr(dataset, table)[column]))
    ]
    assert unseen == []
    assert FOLDER in seen


def test_words_of_javascript_are_only_words(open_page: OpenPage, tmp_path: Path) -> None:
    names = ("constructor", "__proto__", "toString", "hasOwnProperty")
    labels = ("__proto__", "length", "name", "prototype")  # Vega draws none of the others
    rows = [
        f"{task},{worker},{labels[(place + shift % 3) % 4]}"
        for place, task in enumerate(names)
        for shift, worker in enumerate(names)
    ]
    file = tmp_path / "votes.csv"
    file.write_text("\n".join(["task,worker,label", *rows]), encoding="utf-8")
    dataset = read_source("votes", file)
    found = aggregate_dataset(dataset)
    dataset = dataset.with_tables(labels=found.labels, soft_labels=found.soft_labels)
    written = write_report(Results(dataset, replicates=20), tmp_path / "page.html")
    page = opened(open_page, written.page)
    seen = "\n".join(visit(page, dataset))
    assert "native code" not in seen
    assert "[object" not in seen
    page.evaluate("() => { location.hash = '#i-0'; }")
    votes = page.locator("#drawer table.votes tbody tr")
    expect(votes).to_have_count(4)
    for row in votes.all():
        assert set(row.locator("td").all_inner_texts()) & set(labels)


def texts_of(column: pl.Series) -> list[str]:
    """The hostile texts of a column; of a file's path only its name, which may stand alone."""
    texts = column.drop_nulls()
    if texts.dtype == pl.List(pl.String):
        texts = texts.explode().drop_nulls()
    found = texts.filter(texts.str.ends_with(MARKUP)).unique().to_list()
    if column.name != "file":
        return found
    return [hostile(text.removesuffix(MARKUP).rsplit("/", 1)[-1]) for text in found]


def visit(page: Page, dataset: Dataset) -> list[str]:
    """The texts of the page in each of its states; fails at the first element made from a text."""
    seen: list[str] = []

    def look(selector: str = "html") -> None:
        assert page.evaluate(MADE) == []
        seen.append(page.evaluate(TEXTS, selector))

    def follow(address: str) -> None:
        page.evaluate("() => document.getElementById('drawer-body').replaceChildren()")
        page.evaluate("address => { location.hash = address; }", address)
        expect(page.locator("#drawer-body > *").first).to_be_visible()
        look("#drawer")

    look()
    open_details(page)
    for opener in page.locator("[data-browser] td button[aria-expanded=false]").all()[:5]:
        opener.click()
    look()
    items = dataset.items
    for item in (
        *items.group_by("subset", maintain_order=True).first()["item_id"],
        *dataset.votes.filter(pl.col("aside").list.len() > 0)["item_id"].head(1),
    ):
        follow(f"#i-{items['item_id'].index_of(item)}")
    links = "[...new Set([...document.links].map(l => l.hash))].filter(h => h.startsWith('#s-'))"
    for address in page.evaluate(links)[:60]:
        follow(address)
    page.keyboard.press("Escape")
    for panel in page.locator("[data-panel]").all():
        for kind, most in (("[role=option]", 3), ("button:enabled", 8)):
            for number in range(min(most, panel.locator(kind).count())):
                part = panel.locator(kind).nth(number)
                if part.is_visible():
                    part.click()
                    part.hover()
                    look("[data-panel]")
    return seen
