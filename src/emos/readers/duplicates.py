"""Clips that occur twice: the same recording, start and end.

Two neighbouring utterances of one dialogue may share a time because the source dates them together;
they are two utterances. Any other pair is one clip under two ids.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.readers.ledger import ledger_frame

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
    ``neighbours``, whether the two are consecutive utterances of one group; ``source_label`` and
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


def flag_clips(items: pl.DataFrame, file: str | None) -> pl.DataFrame:
    """Ledger rows: duplicate clips, neighbours that share a time, the count of short clips."""
    found: list[dict[str, Any]] = []
    for pair in find_duplicates(items).iter_rows(named=True):
        labels = f"{pair['source_label']} and {pair['other_source_label']}"
        labels = f"their labels differ ({labels})" if pair["source_differs"] else "same label"
        found.append(
            {
                "kind": "flagged",
                "rule": "neighbour-same-time" if pair["neighbours"] else "duplicate-clip",
                "file": file,
                "item_id": pair["other_id"],
                "before": pair["item_id"],
                "note": f"{pair['recording']}, {pair['start_s']:.3f}-{pair['end_s']:.3f} s; "
                + (labels if pair["source_label"] and pair["other_source_label"] else "no labels"),
            }
        )
    short = count_short(items)
    if short:
        found.append(
            {
                "kind": "flagged",
                "rule": "short-clip",
                "file": file,
                "note": f"{short:,} clips of {items['subset'][0]} are shorter than {SHORT_S:g} s",
            }
        )
    return ledger_frame(found)
