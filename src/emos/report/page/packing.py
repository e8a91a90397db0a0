"""Data on the page: JSON, compressed, as text that no browser takes for markup."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from emos.tables.writing import finite


def packed(content: Any) -> str:
    """``content`` as base64 of gzipped JSON; the same content always gives the same text."""
    plain = json.dumps(finite(content), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(plain.encode(), 9, mtime=0)).decode()
