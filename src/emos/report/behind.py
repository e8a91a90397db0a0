"""From what an audit lists behind a number to the items, or the rows, that the page shows."""

from __future__ import annotations

import polars as pl

from emos.report.making import Making

_VOTE = frozenset({"annotator", "layer", "labels", "status", "raw", "file", "sheet", "cell"})


def behind(making: Making, frame: pl.DataFrame | None, what: str) -> int | None:
    """Keep what is in ``frame``: its items, its utterances, or its rows where it has neither.

    Parameters
    ----------
    frame : as ``items`` of an audit's cell makes it: one row per item, per vote or per utterance,
        or a listing of printed cells; ``None`` if there is nothing to list.
    what : a sentence on what is listed.

    Returns
    -------
    What a `Number` needs to lead there, or ``None``.
    """
    if frame is None or frame.is_empty():
        return None
    if "item_id" in frame.columns:
        return making.sets.items(frame["item_id"].drop_nulls().unique(maintain_order=True), what)
    if "monologue_id" in frame.columns:
        return making.sets.items(frame["monologue_id"], what, notes=_utterances(making, frame))
    return making.sets.rows(frame, what)


def item_ids(frame: pl.DataFrame | None) -> list[str]:
    """The items that ``frame`` lists, each once; none where it lists something else."""
    if frame is None or "item_id" not in frame.columns:
        return []
    return frame["item_id"].drop_nulls().unique(maintain_order=True).to_list()


def _utterances(making: Making, frame: pl.DataFrame) -> list[str]:
    """Which utterance each row is about, and where its file says so."""
    columns = [name for name in ("index", "place") if name in frame.columns]
    return [
        making.words.say("behind.utterance", index=index, place=(place or [""])[0]).rstrip(" ,，")
        for index, *place in frame.select(columns).iter_rows()
    ]
