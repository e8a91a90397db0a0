"""Votes for tests: small datasets from rows, random votes for hypothesis, released tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import fastexcel
import numpy as np
import polars as pl
from hypothesis import strategies as st
from numpy.typing import NDArray

from emos.tables import Dataset, DatasetInfo, conform
from emos.taxonomy import BASIC7, GOEMOTIONS


class Votes(NamedTuple):
    """Integer codes of votes, as `dawid_skene` takes them."""

    items: NDArray[np.int64]
    annotators: NDArray[np.int64]
    labels: NDArray[np.int64]
    n_items: int
    n_annotators: int
    n_labels: int

    @property
    def sizes(self) -> dict[str, int]:
        return {
            "n_items": self.n_items,
            "n_annotators": self.n_annotators,
            "n_labels": self.n_labels,
        }

    @property
    def codes(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        return self.items, self.annotators, self.labels


@st.composite
def random_votes(
    draw: st.DrawFn, *, max_items: int = 12, max_annotators: int = 4, max_labels: int = 4
) -> Votes:
    """Any votes at all: items with none to all annotators' votes, at least one vote in total."""
    n_items = draw(st.integers(1, max_items))
    n_annotators = draw(st.integers(1, max_annotators))
    n_labels = draw(st.integers(1, max_labels))
    pairs = [(i, r) for i in range(n_items) for r in range(n_annotators)]
    voted = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    labels = draw(st.lists(st.integers(0, n_labels - 1), min_size=len(voted), max_size=len(voted)))
    items, annotators = (np.array(part, dtype=np.int64) for part in zip(*voted, strict=True))
    return Votes(items, annotators, np.array(labels), n_items, n_annotators, n_labels)


def simulated_votes(
    seed: int, *, n_items: int, n_annotators: int, n_labels: int, votes_per_item: int
) -> Votes:
    """Votes drawn from known confusion matrices: mostly right, each annotator in their own way."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_labels, n_items)
    confusion = 0.6 * np.eye(n_labels) + 0.4 * rng.dirichlet(
        np.ones(n_labels), size=(n_annotators, n_labels)
    )
    items = np.repeat(np.arange(n_items), votes_per_item)
    annotators = np.argsort(rng.random((n_items, n_annotators)), axis=1)[:, :votes_per_item]
    annotators = annotators.ravel()
    rows = confusion[annotators, truth[items]].cumsum(axis=1)
    labels = (rng.random(len(items))[:, None] > rows).sum(axis=1).clip(0, n_labels - 1)
    return Votes(items, annotators, labels, n_items, n_annotators, n_labels)


def dataset_of(
    rows: Iterable[tuple[Any, ...]],
    *,
    originals: Mapping[str, str] | None = None,
    items: Iterable[str] | None = None,
    label_sets: Mapping[str, tuple[str, ...]] | None = None,
    rules: Mapping[str, Any] | None = None,
) -> Dataset:
    """A dataset from ``(item, annotator, layer, labels[, subset, batch])`` rows.

    ``labels`` is a text with ``;`` between labels, empty for a blank.
    """
    table = []
    for item, annotator, layer, labels, *place in rows:
        subset, batch = place or ("s", "b")
        names = [name for name in labels.split(";") if name]
        status = "unsure" if names == ["unsure"] else "given" if names else "blank"
        table.append((item, annotator, subset, batch, layer, names, status))
    votes = pl.DataFrame(
        table,
        schema={
            "item_id": pl.String,
            "annotator": pl.String,
            "subset": pl.String,
            "batch": pl.String,
            "layer": pl.String,
            "labels": pl.List(pl.String),
            "status": pl.String,
        },
        orient="row",
    )
    listed = votes.select("item_id", "subset", "batch").unique(maintain_order=True)
    if items is not None:
        first = votes.row(0, named=True) if votes.height else {"subset": "s", "batch": "b"}
        listed = pl.DataFrame({"item_id": list(items)}).with_columns(
            subset=pl.lit(first["subset"]), batch=pl.lit(first["batch"])
        )
    listed = listed.with_columns(
        source_label=pl.col("item_id").replace_strict(
            dict(originals or {}), default=None, return_dtype=pl.String
        )
    )
    sets = {"basic7": BASIC7.labels, "goemotions": GOEMOTIONS.labels, **(label_sets or {})}
    return Dataset(
        info=DatasetInfo(name="made", label_sets=sets, rules=dict(rules or {})),
        items=conform("items", listed),
        votes=conform("votes", votes),
    )


def released(folder: Path, pattern: str) -> pl.DataFrame:
    """The one derived workbook of the release that matches, every cell as text."""
    (path,) = folder.glob(pattern)
    return fastexcel.read_excel(path).load_sheet(0, header_row=0, dtypes="string").to_polars()
