"""The whole of EmoS on a small corpus that it ships: ``emos demo``."""

from __future__ import annotations

from emos.demo.findings import Finding, false_cells
from emos.demo.run import PAGE, PAPER, Demo, run_demo
from emos.demo.words import Words, read_words

__all__ = ["PAGE", "PAPER", "Demo", "Finding", "Words", "false_cells", "read_words", "run_demo"]
