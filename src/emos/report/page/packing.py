"""Data on the page: JSON, compressed, as text that no browser takes for markup."""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import Any


def packed(content: Any) -> str:
    """``content`` as base64 of gzipped JSON; the same content always gives the same text."""
    plain = json.dumps(_finite(content), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(plain.encode(), 9, mtime=0)).decode()


def _finite(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
