"""Clips that occur twice: the same recording, start and end.

Two neighbouring utterances of one dialogue may share a time because the source dates them together;
they are two utterances. Any other pair is one clip under two ids.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.readers.ledger import ledger_frame
from emos.readers.wording import counted

SHORT_S = 1.0  # seconds; the paper's static clips are at least this long (section 3.1)


def find_duplicates(items: pl.DataFrame, labels: pl.DataFrame | None = None) -> pl.DataFrame:
    """Pairs of items with the same subset, recording, start and end.

    Parameters
    ----------
    items : the items table.
    labels : the labels table, if aggregated labels are to be compared as well.

    Returns
    -------
    One row per pair, in the items' order: ``item_id, other_id, recording, start_s, end_s``;
    ``neighbours``, whether the two are consecutive utterances of one group;
    ``split`` and ``other_split``; ``source_label`` and
    ``other_source_label`` with ``source_differs``; ``label``, ``other_label`` and
    ``label_differs`` (null without ``labels`` or where an item has none).
    """
    key = ["subset", "recording", "start_s", "end_s"]
    dated = items.with_row_index("_row").filter(
        pl.col("recording").is_not_null()
        & pl.col("start_s").is_not_null()
        & pl.col("end_s").is_not_null()
    )
    twice = dated.filter(pl.len().over(key) > 1).select(
        "_row",
        *key,
        "item_id",
        "group",
        "source_label",
        "split",
        # The utterance's number closes its id: dia4_utt7, 0007.
        pl.col("item_id").str.extract(r"(\d+)$").cast(pl.Int64, strict=False).alias("_index"),
    )
    if labels is not None and labels.height:
        first = labels.unique("item_id", keep="first", maintain_order=True)
        twice = twice.join(first.select("item_id", "label"), on="item_id", how="left")
    else:
        twice = twice.with_columns(pl.lit(None, dtype=pl.String).alias("label"))
    pairs = twice.join(twice, on=key, suffix="_2").filter(pl.col("_row") < pl.col("_row_2"))
    return pairs.sort("_row", "_row_2").select(
        "item_id",
        pl.col("item_id_2").alias("other_id"),
        "recording",
        "start_s",
        "end_s",
        (
            (pl.col("group") == pl.col("group_2"))
            & ((pl.col("_index") - pl.col("_index_2")).abs() == 1)
        )
        .fill_null(False)
        .alias("neighbours"),
        "split",
        pl.col("split_2").alias("other_split"),
        "source_label",
        pl.col("source_label_2").alias("other_source_label"),
        (pl.col("source_label") != pl.col("source_label_2")).alias("source_differs"),
        "label",
        pl.col("label_2").alias("other_label"),
        (pl.col("label") != pl.col("label_2")).alias("label_differs"),
    )


def count_short(items: pl.DataFrame, *, limit_s: float = SHORT_S) -> int:
    """How many clips are shorter than ``limit_s`` seconds; undated ones are not counted."""
    return items.filter((pl.col("end_s") - pl.col("start_s")) < limit_s).height


def flag_clips(items: pl.DataFrame) -> pl.DataFrame:
    """Ledger rows of one subset: duplicate clips, neighbours with one time, counts of short clips.

    Short clips are counted for every split.
    """
    found: list[dict[str, Any]] = [
        {
            "kind": "flagged",
            "rule": "neighbour-same-time" if pair["neighbours"] else "duplicate-clip",
            "item_id": pair["other_id"],
            "before": pair["item_id"],
            "note": f"{pair['recording']}, {pair['start_s']:.3f}-{pair['end_s']:.3f} s; "
            + _labels_note(pair),
        }
        for pair in find_duplicates(items).iter_rows(named=True)
    ]
    for clips in items.partition_by("split", maintain_order=True):
        short = count_short(clips)
        if short:
            split = f", split {clips['split'][0]}," if clips["split"][0] else ""
            found.append(
                {
                    "kind": "flagged",
                    "rule": "short-clip",
                    "note": f"{counted(short, 'clip')} of {clips['subset'][0]}{split} "
                    f"{'is' if short == 1 else 'are'} shorter than {SHORT_S:g} s",
                }
            )
    return ledger_frame(found)


def _labels_note(pair: dict[str, Any]) -> str:
    if pair["source_differs"] is None:
        note = "no source labels to compare"
    elif pair["source_differs"]:
        note = f"labels differ: {pair['source_label']} and {pair['other_source_label']}"
    else:
        note = f"same label: {pair['source_label']}"
    if pair["split"] != pair["other_split"]:
        note += f"; in splits {pair['split']} and {pair['other_split']}"
    return note
