"""Prompts from files: those that are shipped, by name, and anybody's own, by path.

A file is a head in TOML between two lines ``+++`` and the text below it. The head may be left
out of one's own file: then the name is the file's, the version is empty, the form is ``text``,
labels of both layers are asked for, and the known placeholders that occur are replaced.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.prompts.prompt import ASKABLE, FORMS, LABELS_FIELD, Prompt

SHORT = {"a": "a-json", "b": "b-json"}  # the form that the paper prints first
KNOWN_PLACEHOLDERS = ("language", "transcript", LABELS_FIELD)
MAX_BYTES = 1_000_000

_HEAD = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*\n", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")


def prompt_names() -> tuple[str, ...]:
    """The shipped prompts' names; ``a`` and ``b`` are short for ``a-json`` and ``b-json``."""
    folder = files("emos.evaluate.prompts").joinpath("texts")
    return tuple(sorted(Path(entry.name).stem for entry in folder.iterdir()))


def load_prompt(name: str | Path) -> Prompt:
    """The shipped prompt of this name, or the one in this file.

    Raises
    ------
    EmosError : for a name that is neither, and for a file that is no prompt, with the place.
    """
    shipped = SHORT.get(str(name), str(name))
    if shipped in prompt_names():
        resource = files("emos.evaluate.prompts").joinpath("texts", f"{shipped}.txt")
        return _prompt(resource.read_text(encoding="utf-8"), f"{shipped}.txt", shipped)
    path = Path(name)
    if not path.is_file():
        raise EmosError(
            f"no prompt is called {str(name)!r}",
            remedy=f"use {', '.join((*SHORT, *prompt_names()))}, or a file's path",
        )
    return _prompt(_read(path), str(path), path.stem)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EmosError(f"longer than {MAX_BYTES:,} bytes", file=path, remedy="no prompt is")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EmosError("not UTF-8 text", file=path, remedy="save it as UTF-8") from error
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error
    return text


def _prompt(content: str, file: str, stem: str) -> Prompt:
    found = _HEAD.match(content)
    if found is None and content.startswith("+++"):
        raise EmosError("its head has no end", file=file, remedy="close it with a line +++")
    head = _head(found[1], file) if found else {}
    text = content[found.end() if found else 0 :].strip("\n")
    if not text.strip():
        raise EmosError("no text in it", file=file, remedy="write the prompt below the head")
    names = [name for name in KNOWN_PLACEHOLDERS if f"{{{name}}}" in text]
    placeholders = _names(head, "placeholders", names, file)
    for name in placeholders:
        if not _NAME.fullmatch(name):
            raise EmosError(f"{name!r} is no name of a placeholder", file=file, place="head")
        if f"{{{name}}}" not in text:
            raise EmosError(f"placeholder {name!r} is not in the text", file=file, place="head")
    asks = _names(head, "asks", ["basic7", "confidence", "goemotions"], file)
    if not asks or not set(asks) <= set(ASKABLE):
        raise EmosError(
            "asks for nothing that is known",
            file=file,
            place="head, asks",
            remedy=f"list some of {', '.join(ASKABLE)}",
        )
    form = _text(head, "form", "text", file)
    if form not in FORMS:
        raise EmosError(f"form {form[:40]!r}", file=file, place="head", remedy="use json or text")
    return Prompt(
        name=_text(head, "name", stem, file),
        version=_text(head, "version", "", file),
        form=form,
        asks=asks,
        text=text,
        placeholders=placeholders,
        source=_text(head, "source", "", file),
        file=file,
    )


def _head(toml: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise EmosError(
            f"its head is no TOML ({error})", file=file, remedy="see docs/prompts.md"
        ) from error


def _text(head: dict[str, Any], key: str, default: str, file: str) -> str:
    value = head.get(key, default)
    if not isinstance(value, str):
        raise EmosError(f"{key} is no text", file=file, place="head", remedy="write it in quotes")
    return value


def _names(head: dict[str, Any], key: str, default: list[str], file: str) -> tuple[str, ...]:
    value = head.get(key, default)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise EmosError(f"{key} is no list of names", file=file, place="head")
    return tuple(dict.fromkeys(value))
