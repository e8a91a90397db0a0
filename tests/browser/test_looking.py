"""What the looks at a page find: hidden fonts, barriers, a page wider than its window."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.conftest import OpenPage
from browser.looking import axe, screenshot, sideways, undrawn
from browser.test_watching import POLICY, write


def test_hidden_fonts_are_hidden(tmp_path: Path, open_page: OpenPage) -> None:
    file = write(tmp_path, "<p>Abc</p><label>Find <input placeholder=xyz></label>")
    assert undrawn(open_page(file)) == []
    missing = "".join(line.split(" (<")[0] for line in undrawn(open_page(file, hide_fonts=True)))
    assert set(missing) == set("A pageAbcFindxyz") - {" "}


def test_a_character_without_glyph_is_found(tmp_path: Path, open_page: OpenPage) -> None:
    # Rare ideographs (Unicode 15.1) that fonts do not have; text that is not shown does not count.
    body = "<p>A \U0002ebf0 b</p><p hidden>\U0002ebf1</p><script>/* \U0002ebf2 */</script>"
    found = undrawn(open_page(write(tmp_path, body)))
    assert [line.split(" ", 2)[:2] for line in found] == [["\U0002ebf0", "(<p>,"]]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<p style='color: #ccc; background: #fff'>pale</p>", "color-contrast (serious)"),
        ("<input>", "label (critical)"),
        ("<p lang=xx-nowhere>x</p>", "valid-lang (serious)"),
        ("<button></button>", "button-name (critical)"),
    ],
)
def test_axe_finds_barriers(tmp_path: Path, open_page: OpenPage, body: str, rule: str) -> None:
    # The second is as strict as a policy can be: looking still works and breaks nothing.
    for policy in (POLICY, "default-src 'none'; style-src 'unsafe-inline'"):
        found = axe(open_page(write(tmp_path, body, policy=policy)))
        assert [line.split(":")[0] for line in found] == [rule]


def test_axe_is_content_with_a_plain_page(tmp_path: Path, open_page: OpenPage) -> None:
    assert axe(open_page(write(tmp_path, "<p>plain</p>"))) == []


def test_what_sticks_out_of_a_phone_is_named(tmp_path: Path, open_page: OpenPage) -> None:
    viewport = "<meta name=viewport content='width=device-width'>"
    wide = "<div style='width: 600px; height: 1px' id=wide></div>"
    boxed = f"<div style='overflow-x: auto'>{wide}</div>"
    assert sideways(open_page(write(tmp_path, boxed, head=viewport), width=375)) == []
    found = sideways(open_page(write(tmp_path, wide, head=viewport), width=375))
    assert len(found) == 2
    assert found[1].startswith("<div #wide> ends at 608 of 375")
    hidden = "<span style='position: absolute; width: 600px'>x</span>"
    found = sideways(
        open_page(
            write(tmp_path, f"<div style='overflow: auto'>{hidden}</div>", head=viewport), width=375
        )
    )
    assert [line.split(">")[0] for line in found[1:]] == ["<span"]
    # A phone lays a page without a viewport out as for a desk, and shows it tiny.
    page = open_page(write(tmp_path, "<p>x</p>"), width=375)
    assert page.evaluate("document.documentElement.clientWidth") == 980


def test_screenshots_are_kept_where_one_asks_for_them(
    tmp_path: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(write(tmp_path, "<p>x</p>"))
    monkeypatch.delenv("EMOS_SCREENSHOTS", raising=False)
    screenshot(page, "unwanted")
    monkeypatch.setenv("EMOS_SCREENSHOTS", str(tmp_path / "shots"))
    screenshot(page, "plain")
    assert [file.name for file in tmp_path.rglob("*.png")] == ["plain.png"]
