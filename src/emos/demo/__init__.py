"""The whole of EmoS on a small corpus that it ships: ``emos demo``."""

from __future__ import annotations

from emos.demo.findings import Finding, false_cells
from emos.demo.run import PAPER, Demo, run_demo

__all__ = ["PAPER", "Demo", "Finding", "false_cells", "run_demo"]
