"""Tables with filters: their counts and addresses, by keyboard, screen reader and phone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import OpenPage
from browser.looking import axe, screenshot, sideways
from browser.timing import ready_ms
from reading_pages import ReadPage

Pages = Callable[[str], Path]


def _open(open_page: OpenPage, file: Path, address: str = "", **how: Any) -> Page:
    page = open_page(file, **how)
    ready_ms(page, "complete")
    if address:
        page.evaluate("address => { location.hash = address; }", address)
    return page


def _browser(page: Page, name: str) -> Locator:
    return page.locator(f"[data-browser={name}]")


def _data(file: Path, name: str) -> dict[str, list[Any]]:
    data: dict[str, list[Any]] = ReadPage(file).data[f"browser-{name}"]["data"]
    return data


def _choice(browser: Locator, value: str) -> Locator:
    return browser.locator(f".choices button[data-value={value}]")


def _buttons(browser: Locator) -> dict[str, int]:
    """What each button would leave."""
    told = browser.locator(".choices button").all_inner_texts()
    return {text.rsplit(" ", 1)[0].strip(): int(text.rsplit(" ", 1)[1]) for text in told}


def _list(browser: Locator, title: str) -> Locator:
    return browser.locator("label").filter(has_text=re.compile(f"^{title}")).locator("select")


def _options(browser: Locator, title: str) -> dict[str, int]:
    told = _list(browser, title).locator("option").all_inner_texts()
    return {text.rsplit(" (", 1)[0]: int(text.rsplit(" (", 1)[1][:-1]) for text in told[1:]}


def test_each_filter_tells_what_it_would_leave(open_page: OpenPage, demo_page: Pages) -> None:
    """Counted again from the page's data: under the other filters, not under its own."""
    data = _data(demo_page("en"), "ledger")
    rows = list(zip(data["kind"], data["annotator"], data["batch"], strict=True))
    browser = _browser(_open(open_page, demo_page("en")), "ledger")
    kinds = {"flagged": "flagged", "set aside": "aside", "repaired": "repaired"}
    count = Counter(kind for kind, _, _ in rows)
    assert _buttons(browser) == {"all": len(rows)} | {k: count[v] for k, v in kinds.items()}
    _choice(browser, "repaired").click()
    expect(_choice(browser, "repaired")).to_have_attribute("aria-pressed", "true")
    status = browser.get_by_role("status")
    expect(status).to_have_text(f"{count['repaired']} of {len(rows)} rows")
    assert _buttons(browser)["flagged"] == count["flagged"], "what another choice would leave"
    people = Counter(who or "–" for kind, who, _ in rows if kind == "repaired")
    found = _options(browser, "Annotator")
    assert {name: n for name, n in found.items() if n} == people
    assert list(found)[:3] == ["A1", "A2", "A3"], "and A10 behind A9"
    _list(browser, "Annotator").select_option(label=f"A4 ({people['A4']})")
    expect(status).to_have_text(f"{people['A4']} of {len(rows)} rows")
    kinds_of_a4 = Counter(kind for kind, who, _ in rows if who == "A4")
    assert _buttons(browser)["set aside"] == kinds_of_a4["aside"]
    browser.get_by_role("button", name="Clear filters").click()
    expect(status).to_have_text(f"{len(rows)} rows")
    expect(browser.get_by_role("button", name="Clear filters")).to_be_hidden()
    expect(browser.get_by_role("searchbox")).to_be_focused()


def test_a_search_is_for_every_word(open_page: OpenPage, demo_page: Pages) -> None:
    data = _data(demo_page("zh"), "audit")
    browser = _browser(_open(open_page, demo_page("zh")), "audit")
    search, status = browser.get_by_role("searchbox"), browser.get_by_role("status")
    search.fill("exact MATCH")
    wanted = sum("exact match" in row.lower() for row in data["row"])
    expect(status).to_have_text(f"{len(data['row'])} 行中的 {wanted} 行")
    search.fill("match 算作一致")  # the rule is searched in the words of the page
    expect(status).to_have_text(f"{len(data['row'])} 行中的 1 行")
    search.fill("<b>")
    expect(browser.locator(".note")).to_be_visible()


def test_an_address_opens_a_cell_of_the_paper(open_page: OpenPage, demo_page: Pages) -> None:
    page = _open(open_page, demo_page("en"), "#c-2:exact-match:zh-latter")
    browser = _browser(page, "audit")
    opened = browser.locator(".opened")
    expect(opened).to_contain_text("With 40 rows that nobody annotated counted as agreement.")
    expect(opened).to_be_in_viewport()
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    # The other rule's value leads to its items.
    opened.locator("a.number").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    # A filter that leaves the row out gives way to the address.
    page.keyboard.press("Escape")
    _choice(browser, "differs").click()
    expect(opened).to_have_count(0)
    page.evaluate("() => { location.hash = '#c-4:turning-points:value'; }")
    expect(opened).to_contain_text("Every boundary")
    page.evaluate("() => { location.hash = '#c-no:such:cell'; }")
    expect(opened).to_have_count(1)


def test_an_address_from_elsewhere_is_found_on_opening(
    open_page: OpenPage, demo_page: Pages
) -> None:
    page = _open(open_page, demo_page("en"))
    for address, selector in (
        ("#audit", "#audit h2"),
        ("#c-1:medium:latter", "#audit .opened"),
        ("#b-ledger:kind=aside", "[data-browser=ledger] h3"),
    ):
        page.goto("about:blank")
        page.goto(demo_page("en").resolve().as_uri() + address)
        ready_ms(page, "complete")
        expect(page.locator(selector)).to_be_in_viewport()
        top = page.locator(selector).evaluate("element => element.getBoundingClientRect().top")
        assert top > page.locator("nav").evaluate("nav => nav.offsetHeight"), "under the menu"


def test_counts_lead_to_the_rows_they_count(open_page: OpenPage, demo_page: Pages) -> None:
    page = _open(open_page, demo_page("en"))
    links = page.locator("main a[href^='#b-']")
    addresses = links.evaluate_all(
        "all => all.filter(a => !a.closest('details:not([open])'))"
        ".map(a => [a.getAttribute('href'), a.textContent])"
    )
    assert len(addresses) > 15
    for address, told in addresses:
        page.evaluate("address => { location.hash = address; }", address)
        name = address[3:].split(":")[0]
        rows = int(told.replace(",", ""))
        expect(_browser(page, name).get_by_role("status")).to_contain_text(f"{rows} ")
        found = page.evaluate(
            "name => EmoS.browser.states.find((one) => one.name === name).found.length", name
        )
        assert found == rows, address
    # The same link again, after a reader chose something else.
    link = page.locator("#ledger p a.number").first
    link.click()
    ledger = _browser(page, "ledger")
    ledger.get_by_role("searchbox").fill("zq no such row")
    expect(ledger.get_by_role("status")).to_contain_text("0 of")
    link.click()
    expect(ledger.get_by_role("status")).to_contain_text(f"{link.inner_text()} of")


def test_by_keyboard_alone(open_page: OpenPage, demo_page: Pages) -> None:
    page = _open(open_page, demo_page("en"), "#b-audit:verdict=differs")
    browser = _browser(page, "audit")
    expect(browser.locator("h3")).to_be_focused()
    page.keyboard.press("Tab")
    expect(browser.get_by_role("button", name="all")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(_choice(browser, "differs")).to_have_attribute("aria-pressed", "false")
    details = browser.get_by_role("button", name="Details : differs, Table 1")
    details.focus()
    page.keyboard.press("Enter")
    expect(details).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(browser.locator(".opened")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_opened_and_filtered_axe_finds_nothing(
    open_page: OpenPage, demo_page: Pages, language: str
) -> None:
    page = _open(open_page, demo_page(language), "#c-2:exact-match:zh-latter")
    expect(_browser(page, "audit").locator(".opened")).to_be_visible()
    assert axe(page) == []
    screenshot(page, f"filters-{language}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_each_row_is_a_card(
    open_page: OpenPage, demo_page: Pages, language: str
) -> None:
    page = _open(
        open_page, demo_page(language), "#c-2:exact-match:zh-latter", width=375, height=700
    )
    browser = _browser(page, "audit")
    expect(browser.locator(".opened")).to_be_in_viewport()
    assert sideways(page) == []
    box = browser.locator(".scroll")
    assert box.evaluate("one => one.scrollWidth - one.clientWidth") <= 0, "nothing to scroll to"
    # What looks like cards is still a table to a screen reader.
    expect(browser.get_by_role("table")).to_have_count(1)
    assert browser.get_by_role("row").count() > 40
    assert axe(page) == []
    screenshot(page, f"filters-{language}-phone")


def test_what_cannot_be_seen_is_shown(open_page: OpenPage, demo_page: Pages) -> None:
    page = _open(open_page, demo_page("en"))
    told = page.evaluate(
        "texts => texts.map((text) => EmoS.typed(text).textContent)",
        ["Joy", "a     b", "a\u00a0b", "\u200bJoy\n", "  Joy ", "<b>x</b>"],
    )
    assert told == ["Joy", "a5 blanksb", "aU+00A0b", "U+200BJoyU+000A", "  Joy ", "<b>x</b>"]
