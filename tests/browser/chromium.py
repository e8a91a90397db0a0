"""Debian's Chromium, found and started; also without any system font."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET = (
    "install Debian's (apt-get install chromium) or name one: EMOS_CHROMIUM=path/to/chromium"
)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # containers often run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # A request that a page makes is recorded; it does not leave the machine either.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
BOXES = Path(__file__).parent / "box.ttf"  # without any font Chromium ends itself
NO_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


def find_chromium() -> Path | None:
    """The program EMOS_CHROMIUM names (be it there or not), else the first on PATH."""
    named = os.environ.get("EMOS_CHROMIUM")
    if named:
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def start(playwright: Playwright, program: Path, *, no_fonts_in: Path | None = None) -> Browser:
    """A headless Chromium; with `no_fonts_in` (an empty folder) all system fonts are hidden."""
    environment: dict[str, str | float | bool] = dict(os.environ)
    if no_fonts_in is not None:
        (no_fonts_in / "fonts").mkdir()
        shutil.copy(BOXES, no_fonts_in / "fonts")
        settings = no_fonts_in / "fonts.conf"
        settings.write_text(NO_FONTS.format(folder=no_fonts_in), encoding="utf-8")
        environment["FONTCONFIG_FILE"] = str(settings)
    return playwright.chromium.launch(
        executable_path=program, args=list(ARGUMENTS), env=environment
    )
