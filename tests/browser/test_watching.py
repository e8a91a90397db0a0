"""The watch over a page sees each thing that must not happen, and nothing on a clean page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser.conftest import OpenPage
from browser.timing import change_ms, ready_ms

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'"
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def write(folder: Path, body: str, *, policy: str = "", head: str = "") -> Path:
    file = folder / "page.html"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    file.write_text(
        f"<!doctype html><html lang=en><head><meta charset=utf-8>{meta}<title>A page</title>{head}"
        f"</head><body><main><h1>A page</h1>{body}</main></body></html>",
        encoding="utf-8",
    )
    return file


def test_a_clean_page_is_clean(tmp_path: Path, open_page: OpenPage) -> None:
    body = f'<a href="#here">x</a><img alt="dot" src="{DOT}"><script>console.log("hello")</script>'
    page = open_page(write(tmp_path, body, policy=POLICY))
    page.get_by_text("x").click()
    record = open_page.record(page)
    assert record.console == ["log: hello"]
    record.assert_clean()


@pytest.mark.parametrize(
    ("body", "address"),
    [
        ('<img alt="" src="http://example.org/a.png">', "http://example.org/a.png"),
        ('<img alt="" src="beside.png">', "beside.png"),
        ("<script>fetch('https://example.org/b')</script>", "https://example.org/b"),
        ("<script>navigator.sendBeacon('https://example.org/c')</script>", "https://example.org/c"),
        ("<script>new WebSocket('ws://example.org/d')</script>", "ws://example.org/d"),
        ("<script>open('http://example.org/e')</script>", "http://example.org/e"),
        ("<iframe title=f src='http://example.org/f'></iframe>", "http://example.org/f"),
        ("<style>p{background:url(http://example.org/g)}</style><p>g", "http://example.org/g"),
        (
            "<script>new Worker(URL.createObjectURL(new Blob(["
            "\"fetch('http://example.org/h')\"])))</script>",
            "http://example.org/h",
        ),
    ],
)
def test_a_request_for_anything_else_is_a_leak(
    tmp_path: Path, open_page: OpenPage, body: str, address: str
) -> None:
    page = open_page(write(tmp_path, body), clean=False)
    page.wait_for_timeout(300)
    record = open_page.record(page)
    assert any(leak.endswith(address) for leak in record.leaks), record
    with pytest.raises(AssertionError, match="is not clean"):
        record.assert_clean()


@pytest.mark.parametrize(
    ("body", "directive"),
    [
        ('<img alt="" src="http://example.org/a.png">', "img-src"),
        ("<script src='beside.js'></script>", "script-src-elem"),
        ("<p onclick='alert(1)'>x</p>", "script-src-attr"),
        ("<script>try { eval('1') } catch {}</script>", "script-src"),
        ("<p style='color: red'>x</p>", "style-src-attr"),
    ],
)
def test_a_broken_policy_is_seen(
    tmp_path: Path, open_page: OpenPage, body: str, directive: str
) -> None:
    inline = "script-src 'unsafe-inline'" if "eval" in body else "script-src 'none'"
    policy = f"default-src 'none'; {inline}"
    page = open_page(write(tmp_path, body, policy=policy), clean=False)
    record = open_page.record(page)
    assert [text.split()[0] for text in record.violations] == [directive]
    assert any(text.startswith("security policy: ") for text in record.problems())


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("console.error('no good')", "console: error: no good"),
        ("console.assert(1 === 2, 'sums')", "console: assert: sums"),
        ("nowhere.x", "script error: ReferenceError: nowhere is not defined"),
        ("Promise.reject(new Error('late'))", "script error: Error: late"),
        ("alert('hello')", "dialog: hello"),
    ],
)
def test_a_script_in_trouble_is_seen(
    tmp_path: Path, open_page: OpenPage, script: str, problem: str
) -> None:
    page = open_page(write(tmp_path, f"<script>{script}</script>"), clean=False)
    problems = [text.split("\n")[0] for text in open_page.record(page).problems()]
    assert problem in problems


def test_a_page_that_misbehaves_fails_its_test(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    opener = OpenPage(request)
    opener(write(tmp_path, "<script>console.error('no good')</script>"))
    with pytest.raises(AssertionError, match="no good"):
        opener.close()


def test_without_javascript_scripts_do_not_run(tmp_path: Path, open_page: OpenPage) -> None:
    body = "<noscript><p>plain</p></noscript><script>document.title = 'ran'</script>"
    page = open_page(write(tmp_path, body), javascript=False)
    assert page.title() == "A page"
    assert page.locator("noscript p").is_visible()


def test_ready_is_when_the_page_says_so_and_is_drawn(tmp_path: Path, open_page: OpenPage) -> None:
    late = "<script>setTimeout(() => document.documentElement.dataset.ready = 'true', 400)</script>"
    page = open_page(write(tmp_path, late, policy=POLICY))
    assert 400 <= ready_ms(page) < 2000
    at_once = "<script>document.documentElement.dataset.ready = 'true'</script>"
    (tmp_path / "fast").mkdir()
    fast = open_page(write(tmp_path / "fast", at_once, policy=POLICY))
    assert 0 < ready_ms(fast) < 400


@pytest.mark.parametrize("wait", [0, 150])
def test_a_change_is_timed_until_its_last_consequence(
    tmp_path: Path, open_page: OpenPage, wait: int
) -> None:
    body = """<label>Find <input></label><p>all</p><script>
      const show = (text) => (document.querySelector("p").textContent = text);
      document.querySelector("input").addEventListener("input", (event) => {
        show("some");
        setTimeout(() => show(event.target.value), WAIT);
      });</script>""".replace("WAIT", str(wait))
    page = open_page(write(tmp_path, body, policy=POLICY))
    elapsed = change_ms(page, lambda: page.get_by_label("Find").fill("few"))
    assert page.locator("p").inner_text() == "few"
    assert wait <= elapsed < wait + 250


def test_a_change_without_consequence_has_no_time(tmp_path: Path, open_page: OpenPage) -> None:
    page = open_page(write(tmp_path, "<label>Find <input></label>"))
    with pytest.raises(AssertionError, match="nothing on the page changed"):
        change_ms(page, lambda: page.get_by_label("Find").fill("few"))


def test_where_there_is_no_chromium_tests_skip_aloud_or_fail_where_it_is_required() -> None:
    known = {
        name: value
        for name, value in os.environ.items()
        if name not in ("EMOS_CHROMIUM", "EMOS_BROWSER_REQUIRED", "PYTEST_ADDOPTS")
    }

    one_test = f"{__file__}::{test_a_clean_page_is_clean.__name__}"

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one_test],
            env=known | {"PATH": ""} | more,
            capture_output=True,
            text=True,
        )

    skipped = run()
    assert skipped.returncode == 0, skipped.stdout
    assert "1 skipped" in skipped.stdout
    assert "no Chromium: install Debian's (apt-get install chromium)" in skipped.stdout
    required = run(EMOS_BROWSER_REQUIRED="1")
    assert required.returncode == 1, required.stdout
    assert "skipped in spite of EMOS_BROWSER_REQUIRED=1" in required.stdout
    named = run(EMOS_CHROMIUM="/nowhere/chromium")
    assert named.returncode == 1, named.stdout
    assert "/nowhere/chromium does not start" in named.stdout
