"""``dataset.toml``: what a dataset is, and the facts about its source that later steps need."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import emos
from emos.errors import EmosError


@dataclass(frozen=True)
class SubsetInfo:
    """Where one subset came from and what may be given away of it."""

    name: str
    language: str = ""
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class DatasetInfo:
    """What ``dataset.toml`` says.

    ``label_sets`` gives every layer's labels in the order of probability vectors. ``repair`` is
    the policy the votes were read under (``full`` or ``drop``). ``rules`` holds facts about the
    source that later steps need (batches whose labels are corrected, known own repairs).
    """

    name: str
    version: str = "0"
    languages: tuple[str, ...] = ()
    licence: str = ""
    repair: str = "full"
    label_sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subsets: tuple[SubsetInfo, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    emos: str = emos.__version__


def read_info(path: Path) -> DatasetInfo:
    """Read ``dataset.toml``.

    Raises
    ------
    EmosError : if it is no TOML, or a key is unknown, missing or of another form.
    """
    data = read_toml(path)
    known = [f.name for f in fields(DatasetInfo)]
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise EmosError(
            f"unknown key {unknown[0]!r}", file=path, remedy=f"the keys are {', '.join(known)}"
        )
    if "name" not in data:
        raise EmosError("the key 'name' is missing", file=path)
    for key, value in data.items():
        wanted, fits = _FORMS[key]
        if not fits(value):
            raise EmosError(f"{key!r} must be {wanted}", file=path)
    return DatasetInfo(
        **data
        | {
            "languages": tuple(data.get("languages", ())),
            "label_sets": {k: tuple(v) for k, v in data.get("label_sets", {}).items()},
            "subsets": tuple(SubsetInfo(**entry) for entry in data.get("subsets", ())),
        }
    )


def read_sources(path: Path) -> dict[str, str]:
    """The published path of every source file with its real one, from ``sources.toml``.

    Raises
    ------
    EmosError : if the file cannot be read or holds anything else.
    """
    files = read_toml(path).get("files", {})
    if not _table_of_texts(files):
        raise EmosError("'files' must be a table of texts", file=path)
    return dict(files)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's content; an `EmosError` if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmosError(f"not valid TOML ({error})", file=path) from error


def info_toml(info: DatasetInfo) -> str:
    """``info`` as the text of ``dataset.toml``."""
    top = ("name", "version", "languages", "licence", "repair", "emos")
    lines = [f"{key} = {_toml(getattr(info, key))}" for key in top]
    for section in ("label_sets", "rules"):
        lines += ["", f"[{section}]"]
        lines += [f"{_quote(k)} = {_toml(value)}" for k, value in getattr(info, section).items()]
    for subset in info.subsets:
        lines += ["", "[[subsets]]"]
        lines += [f"{f.name} = {_toml(getattr(subset, f.name))}" for f in fields(subset)]
    return "\n".join(lines) + "\n"


def sources_toml(sources: dict[str, str]) -> str:
    """The text of ``sources.toml``."""
    lines = [f"{_quote(key)} = {_quote(path)}" for key, path in sorted(sources.items())]
    warning = "# Real paths of the source files. Local only: never publish this file.\n"
    return warning + "[files]\n" + "\n".join(lines) + "\n"


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _table_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_text, value.values()))


def _label_sets(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _texts(labels) and len(set(labels)) == len(labels) for labels in value.values()
    )


def _subsets(value: Any) -> bool:
    names = {f.name for f in fields(SubsetInfo)}
    return isinstance(value, list) and all(
        _table_of_texts(entry) and "name" in entry and set(entry) <= names for entry in value
    )


def _rules(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(_table_of_texts(value.get(key, {})) for key in ("correction", "release_spellings"))
        and all(_multi(value.get(key, {})) for key in ("closed_label_sets", "open_label_sets"))
    )


def _multi(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(rule, dict) and isinstance(rule.get("multi"), bool) for rule in value.values()
    )


_FORMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("name", "version", "licence", "emos"), ("a text", _text)),
    "languages": ("a list of texts", _texts),
    "repair": ("'full' or 'drop'", lambda value: value in ("full", "drop")),
    "label_sets": ("a table of lists of distinct labels", _label_sets),
    "subsets": (
        f"a list of tables with {', '.join(f.name for f in fields(SubsetInfo))}",
        _subsets,
    ),
    "rules": (
        "a table; its 'correction' and 'release_spellings' are tables of texts, its "
        "'closed_label_sets' and 'open_label_sets' say multi = true or false of a layer",
        _rules,
    ),
}


def _quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's, DEL apart."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))} = {_toml(part)}" for key, part in value.items())
        return "{ " + ", ".join(pairs) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")
