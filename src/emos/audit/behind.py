"""What is behind a cell, as lines a terminal can show: items, their votes, the workbook cells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import polars as pl

from emos.audit.evidence import Evidence

_VOTE = ("annotator", "layer", "labels", "status", "raw", "file", "sheet", "cell")


def with_votes(
    frame: pl.DataFrame, evidence: Evidence, *, reading: str | None = None
) -> pl.DataFrame:
    """``frame`` with one row per vote (read as by `Evidence.trace`) where it lists items alone."""
    if "item_id" not in frame.columns or "annotator" in frame.columns:
        return frame
    votes = evidence.trace(frame["item_id"], reading=reading)
    shared = [name for name in _VOTE if name in frame.columns]
    return frame.join(votes.drop(shared), on="item_id", how="left", maintain_order="left")


def listed_items(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The votes of one item after another; an item listed twice for two reasons stays two."""
    own = [name for name in frame.columns if name not in _VOTE]
    return frame.partition_by(own, maintain_order=True)


def common_folder(files: pl.Series) -> str:
    """The folder that all files lie in, with a slash at its end; empty if there is none."""
    names = [name for name in files.drop_nulls().unique().to_list() if name]
    if not names:
        return ""
    # The first and the last name in order share what all of them share.
    first, last = (name.split("/")[:-1] for name in (min(names), max(names)))
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(f"{folder}/" for folder, _ in shared)


def item_lines(frame: pl.DataFrame, *, limit: int = 0) -> Iterator[str]:
    """Each item with its votes beneath, and each vote with the cell it was typed in.

    Parameters
    ----------
    frame : one row per vote, with ``item_id`` and the columns of `Evidence.trace`.
    limit : how many items at most; 0 for all of them.
    """
    folder = common_folder(frame["file"])
    if folder:
        yield f"Files lie in {folder}"
    own = [name for name in frame.columns if name not in (*_VOTE, "item_id")]
    for votes in listed_items(frame)[: limit or None]:
        first = votes.row(0, named=True)
        about = ", ".join(
            f"{name} {_plain(first[name])}" for name in own if first[name] is not None
        )
        yield first["item_id"] + (f"  {about}" if about else "")
        for vote in votes.iter_rows(named=True):
            if vote["annotator"] is not None:
                yield "    " + _vote_line(vote, folder)


def _vote_line(vote: dict[str, object], folder: str) -> str:
    given = vote["labels"]
    tokens = given if isinstance(given, list) else []
    labels = ", ".join(tokens) if tokens else str(vote["status"])
    parts = [f"{vote['annotator']:<4}", f"{vote['layer']:<11}", f"{labels:<32}"]
    if tokens and vote["status"] not in ("given", "unsure"):
        parts.append(f"({vote['status']})")
    if vote["raw"] is not None and vote["raw"] != ";".join(tokens):
        parts.append(f"typed {vote['raw']!r}")
    if vote["file"] is not None:
        sheet = f"{vote['sheet']}!" if vote["sheet"] else ""
        parts.append(f"{str(vote['file']).removeprefix(folder)} {sheet}{vote['cell'] or ''}")
    return " ".join(parts).rstrip()


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
