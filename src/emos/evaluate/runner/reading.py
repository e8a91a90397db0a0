"""From a dataset to the items of a run, in this process or in one that ends when it has read.

Reading tables takes more memory than asking a model does. The command line therefore reads them in
a process of its own (`read_apart`), and the one that waits for answers holds only the items.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emos.errors import EmosError
from emos.evaluate.runner.items import Chosen, Item, Kind, Segment

if TYPE_CHECKING:
    import polars as pl

    from emos.tables import Dataset


@dataclass(frozen=True)
class Choice:
    """Which items of a dataset; None for all.

    Attributes
    ----------
    subsets, languages : names in the dataset.
    kinds : clips, monologues or both.
    """

    subsets: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    kinds: Sequence[Kind] = ("clip", "monologue")


def choose(dataset: Dataset, choice: Choice) -> Chosen:
    """The chosen items in the dataset's order, without any label.

    Raises
    ------
    EmosError : for a subset or language that the dataset does not have, or if nothing is left.
    """
    import polars as pl

    items = dataset.items
    for column, wanted in (("subset", choice.subsets), ("language", choice.languages)):
        if wanted is not None:
            known = items[column].unique(maintain_order=True).drop_nulls().to_list()
            strange = [name for name in wanted if name not in known]
            if strange:
                raise EmosError(
                    f"no {column} is called {strange[0]!r}",
                    remedy=f"this dataset has {', '.join(known) or 'none'}",
                )
            items = items.filter(pl.col(column).is_in(list(wanted)))
    items = items.with_columns(_is_monologue(items, dataset).alias("_monologue"))
    kept = [kind == "monologue" for kind in choice.kinds]
    items = items.filter(pl.col("_monologue").is_in(kept))
    if not items.height:
        raise EmosError(
            f"no {' or '.join(choice.kinds)} among the chosen items",
            remedy="choose another --subset, --language or --prompt",
        )
    monologues = items.filter("_monologue")["item_id"]
    utterances = dataset.utterances.filter(pl.col("monologue_id").is_in(monologues.to_list()))
    sentences = dataset.sentences.filter(
        pl.col("monologue_id").is_in(monologues.to_list()), pl.col("flag").is_null()
    )
    made = _make(items, utterances, sentences)
    return Chosen(made, _data(dataset, items, utterances, sentences))


def _is_monologue(items: pl.DataFrame, dataset: Dataset) -> pl.Series:
    known = [
        dataset.monologues["monologue_id"],
        dataset.utterances["monologue_id"],
        dataset.sentences["monologue_id"],
    ]
    return items["item_id"].is_in(sorted({name for column in known for name in column}))


def _make(
    items: pl.DataFrame, utterances: pl.DataFrame, sentences: pl.DataFrame
) -> tuple[Item, ...]:
    language = dict(items.select("item_id", "language").iter_rows())
    segments: dict[str, list[Segment]] = {}
    for row in utterances.sort("monologue_id", "index").iter_rows(named=True):
        own, other = row["transcript_en"], row["transcript_zh"]
        if (language[row["monologue_id"]] or "").startswith("zh"):
            own, other = other, own
        _add(segments, row, own or other)
    lines: dict[str, list[Segment]] = {}
    for row in sentences.sort("monologue_id", "index").iter_rows(named=True):
        _add(lines, row, row["text"])
    made = []
    for row in items.iter_rows(named=True):
        name = row["item_id"]
        given = tuple(segments.get(name, ()))
        spoken = tuple(lines.get(name, given))
        made.append(
            Item(
                name,
                row["subset"] or "",
                row["language"],
                row["transcript"],
                row["media"],
                kind="monologue" if row["_monologue"] else "clip",
                seconds=_seconds(row, given + spoken) if row["_monologue"] else None,
                segments=given,
                lines=spoken,
            )
        )
    return tuple(made)


def _add(found: dict[str, list[Segment]], row: dict[str, Any], text: str | None) -> None:
    if row["start_s"] is not None and row["end_s"] is not None:
        piece = Segment(row["index"], row["start_s"], row["end_s"], text or "")
        found.setdefault(row["monologue_id"], []).append(piece)


def _seconds(row: dict[str, Any], pieces: Sequence[Segment]) -> float | None:
    """How long a monologue is: as its item says, but at least to the end of its last words."""
    ends = [piece.end_s for piece in pieces]
    if row["start_s"] is not None and row["end_s"] is not None:
        ends.append(row["end_s"] - row["start_s"])
    return max(ends, default=None)


def _data(dataset: Dataset, items: pl.DataFrame, *pieces: pl.DataFrame) -> dict[str, Any]:
    """What of the data a model could see: any change of it makes another run."""
    from emos.tables.signature import table_hash

    seen = items.select("item_id", "subset", "language", "transcript", "media", "start_s", "end_s")
    texts = ("monologue_id", "index", "start_s", "end_s", "transcript_zh", "transcript_en", "text")
    found = {"items": table_hash(seen)}
    for name, frame in zip(("utterances", "sentences"), pieces, strict=True):
        if frame.height:
            found[name] = table_hash(frame.select(c for c in texts if c in frame.columns))
    return {
        "dataset": dataset.info.name,
        "version": dataset.info.version,
        "subsets": items["subset"].unique(maintain_order=True).to_list(),
        "languages": items["language"].unique(maintain_order=True).drop_nulls().to_list(),
        "clips": int((~items["_monologue"]).sum()),
        "monologues": int(items["_monologue"].sum()),
        **{f"{name}_hash": value for name, value in found.items()},
    }


def read_apart(folder: Path, choice: Choice) -> Chosen:
    """`choose` from the dataset in ``folder``, read by another process that then ends.

    Raises
    ------
    EmosError : as `choose` and `Dataset.load`.
    """
    asked = json.dumps({"folder": str(folder), "choice": asdict(choice)})
    command = [sys.executable, "-m", "emos.evaluate.runner.reading"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        reader.stdin.write(asked.encode())
        reader.stdin.close()
        head = reader.stdout.readline()
        items = tuple(Item.from_json(json.loads(row)) for row in reader.stdout)
    if reader.returncode or not head:
        raise RuntimeError(f"the process that reads the dataset ended with {reader.returncode}")
    found = json.loads(head)
    if "problem" in found:
        raise EmosError(found.pop("problem"), **found)
    return Chosen(items, found)


def _serve() -> None:
    """Read what standard input names and write it to standard output, the error too."""
    from emos.tables import Dataset

    asked = json.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    try:
        chosen = choose(Dataset.load(asked["folder"]), Choice(**asked["choice"]))
    except EmosError as error:
        told = {k: getattr(error, k) for k in ("problem", "file", "place", "remedy")}
        out.write(json.dumps(told).encode())
        return
    for record in (dict(chosen.data), *(item.to_json() for item in chosen.items)):
        out.write(json.dumps(record).encode() + b"\n")


if __name__ == "__main__":
    _serve()
