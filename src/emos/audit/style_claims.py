"""What a paper claims of annotators' styles: ``styles.toml`` in the paper's folder.

::

    table = "4"                    # the paper's table that the claims stand in
    layer = "goemotions"

    [columns]                      # its columns by what they say
    cardinality = "cardinality"    # labels per answer
    labels = "dominant"            # a list of labels in words
    neutral = "neutral"            # any other name is a label: its share of all labels, in percent

    [annotators]                   # per row: words on style, and what they come to
    a1 = { words = "fine-grained", style = "expansive" }
    a6 = { words = "bi-label", size = 2 }
    a10 = { words = "most expansive", style = "expansive", most = true }

Numbers and labels are read from the table's own printed values, so that nothing stands twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emos.agreement.styles import Claim
from emos.audit.paper import STYLES_FILE, load_paper, paper_folder
from emos.audit.table import Table
from emos.errors import EmosError
from emos.tables.info import read_toml

_KEYS = {"table": str, "layer": str, "columns": dict, "annotators": dict}


def style_claims(paper: str | Path) -> tuple[Claim, ...]:
    """Every claim of a paper on its annotators, row by row.

    Raises
    ------
    EmosError : if there is no such paper, it makes no claims, or its file is wrong.
    """
    path = paper_folder(paper) / STYLES_FILE
    if not path.is_file():
        raise EmosError(
            f"this paper makes no claims on styles ({STYLES_FILE} is missing)",
            file=path.parent,
            remedy="leave out --paper",
        )
    data = read_toml(path)
    if set(data) != set(_KEYS) or not all(isinstance(data[k], t) for k, t in _KEYS.items()):
        raise EmosError(f"must have the keys {', '.join(_KEYS)} and no other", file=path)
    tables = {part.table.id: part.table for part in load_paper(paper).tables}
    if data["table"] not in tables:
        raise EmosError(f"the paper has no table {data['table']!r}", file=path)
    table = tables[data["table"]]
    found: list[Claim] = []
    for row, name in table.rows.items():
        try:
            found += _numbers(table, row, name, data)
            found += _words(name, data["layer"], data["annotators"].get(row, {}))
        except EmosError as error:
            raise EmosError(error.problem, file=path, place=row, remedy=error.remedy) from error
    strangers = sorted(set(data["annotators"]) - set(table.rows))
    if strangers:
        raise EmosError(f"table {table.id} has no row {strangers[0]!r}", file=path)
    return tuple(found)


def _numbers(table: Table, row: str, name: str, data: dict[str, Any]) -> Iterator[Claim]:
    """The claims that are printed values of the table."""
    layer = data["layer"]
    for what, column in data["columns"].items():
        if (row, column) not in table.values:
            continue
        printed = table.printed(row, column).text
        if what == "labels":
            # "vs" stands between two labels and is none.
            named = [word for word in re.findall("[a-z]+", printed.lower()) if word != "vs"]
            yield Claim(name, layer, "labels", printed, labels=tuple(named))
            continue
        digits = len(printed.partition(".")[2])
        number = float(printed)
        if what == "cardinality":
            yield Claim(name, layer, what, printed, number=number, digits=digits)
        else:
            words = f"{what} {printed}%"
            yield Claim(
                name, layer, "share", words, about=what, number=number / 100, digits=digits + 2
            )


def _words(name: str, layer: str, said: dict[str, Any]) -> Iterator[Claim]:
    """The claims that are words."""
    if not said:
        return
    unknown = sorted(set(said) - {"words", "style", "size", "most"})
    if unknown or not isinstance(said.get("words"), str):
        what = f"unknown key {unknown[0]!r}" if unknown else "the key 'words' is missing"
        raise EmosError(what, remedy="keys are words, and style, size or most")
    if "style" in said:
        yield Claim(name, layer, "style", said["words"], about=str(said["style"]))
    if "size" in said:
        yield Claim(name, layer, "size", said["words"], number=float(said["size"]))
    if said.get("most") is True:
        yield Claim(name, layer, "most", said["words"])
