"""Files of the world to items, votes, utterances, and a ledger of every repair.

`read_source` reads a source by name; each is one file in ``sources/``.
"""

from __future__ import annotations

from emos.readers.sources import Source, read_source, sources

__all__ = ["Source", "read_source", "sources"]
