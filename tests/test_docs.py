"""Documents say what the code does, or these tests fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emos.tables import TABLES

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_explained(table: str) -> None:
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert f"{table}" in text
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    assert set(TABLES[table]) <= named


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "README.zh.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        *sorted((ROOT / "docs").glob("*.md")),
    ],
)
def test_links_between_documents_lead_somewhere(document: str | Path) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
