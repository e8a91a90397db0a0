"""A number's signature: what was computed, on which data, under which rules.

It is made from the parameters of the computation themselves, so that none can be forgotten:
``dawid-skene|tol=1e-06|max_iter=50|votes=9f2c1a7b|emos=0.1.0``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import polars as pl

import emos


def signature(what: str, parameters: Any, **data: pl.DataFrame) -> str:
    """Name, every parameter, the hash of every table used, and the version of EmoS.

    Parameters
    ----------
    what : the computation's name.
    parameters : a frozen dataclass or a mapping; every field appears.
    data : tables the number was computed from, each shown as eight hex digits of its SHA-256.
    """
    if is_dataclass(parameters) and not isinstance(parameters, type):
        named: Mapping[str, Any] = {f.name: getattr(parameters, f.name) for f in fields(parameters)}
    else:
        named = parameters
    parts = [what]
    parts += [f"{name}={_value(value)}" for name, value in named.items()]
    parts += [f"{name}={table_hash(frame)}" for name, frame in data.items()]
    return "|".join([*parts, f"emos={emos.__version__}"])


def table_hash(frame: pl.DataFrame) -> str:
    """Eight hex digits that change whenever a value, a row's place or a column changes."""
    digest = hashlib.sha256()
    digest.update(repr(frame.schema).encode())
    for rows in frame.iter_slices(100_000):
        digest.update(rows.write_ndjson().encode())
    return digest.hexdigest()[:8]


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return "/".join(_value(part) for part in value)
    if isinstance(value, Mapping):
        return "/".join(f"{key}:{_value(part)}" for key, part in value.items())
    return str(value).replace("|", "_")
