"""Numbers as sentences have them."""

from __future__ import annotations


def counted(number: int, thing: str, plural: str | None = None) -> str:
    """``1 cell``, ``2,000 cells``; ``plural`` where it is not made with an s."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {plural or thing + 's'}"
