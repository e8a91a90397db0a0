"""Layouts that EmoS ships, one TOML file each."""

from __future__ import annotations

from pathlib import Path

EMOS_RELEASE = Path(__file__).with_name("emos-release.toml")
MELD = Path(__file__).with_name("meld.toml")
CH_SIMS = Path(__file__).with_name("ch-sims.toml")
