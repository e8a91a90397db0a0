"""Which votes of a dataset go into which model: one ballot per subset and batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.correction import Rule, class_counts, parse_rule, votes_from_sets
from emos.aggregate.decisions import names_of
from emos.aggregate.soft_labels import item_codes
from emos.aggregate.votes import codes_of
from emos.errors import EmosError
from emos.readers.wording import counted
from emos.tables import Dataset
from emos.tables.double_votes import where
from emos.taxonomy import BASIC7, GOEMOTIONS

SINGLE_LAYERS = ("basic7", "label")


@dataclass(frozen=True)
class Batch:
    """The votes of one subset and batch, and its items in the dataset's order.

    ``rule`` is how its Basic-7 labels follow from its fine labels, if they are corrected.
    """

    subset: str
    batch: str
    items: pl.DataFrame  # item_id, subset, batch, original
    votes: pl.DataFrame
    rule: Rule | None

    @property
    def name(self) -> str:
        """``subset/batch``, as ``dataset.toml`` writes it."""
        return batch_name(self.subset, self.batch)

    def layer(self, layer: str) -> pl.DataFrame:
        """The batch's votes on one layer."""
        return self.votes.filter(pl.col("layer") == layer)


@dataclass(frozen=True)
class Ballot:
    """Single-label votes that one model explains.

    ``items`` is as in `Batch`; ``votes`` has ``item_id, annotator, label`` and, where they were
    given so, ``file, cell``. ``rule`` is set if the votes were made from fine labels.
    """

    name: str
    layer: str
    items: pl.DataFrame
    votes: pl.DataFrame
    label_names: tuple[str, ...]
    rule: Rule | None = None
    notes: tuple[str, ...] = field(default=())


def batch_name(subset: str, batch: str) -> str:
    """``subset/batch`` with empty parts left out, ``all`` if both are."""
    return "/".join(part for part in (subset, batch) if part) or "all"


def batches(dataset: Dataset) -> Iterator[Batch]:
    """Every subset and batch that has votes, in the order of the votes."""
    votes = dataset.votes.drop("raw", "aside", "sheet").with_columns(
        pl.col("subset", "batch").fill_null("")
    )
    rules = dataset.info.rules.get("correction", {})
    items = dataset.items.select(
        "item_id", pl.col("subset", "batch").fill_null(""), original="source_label"
    )
    places = votes.select("subset", "batch").unique(maintain_order=True).rows()
    for subset, batch in places:
        here = (pl.col("subset") == subset) & (pl.col("batch") == batch)
        ours = votes if len(places) == 1 else votes.filter(here)  # a filter copies the table
        listed = items.filter(here).unique("item_id", keep="first", maintain_order=True)
        others = (
            ours.select("item_id")
            .unique(maintain_order=True)
            .join(listed, on="item_id", how="anti", maintain_order="left")
        )
        unlisted = others.with_columns(subset=pl.lit(subset), batch=pl.lit(batch))
        rule = rules.get(batch_name(subset, batch))
        yield Batch(
            subset,
            batch,
            pl.concat([listed, unlisted], how="diagonal"),
            ours,
            None if rule is None else parse_rule(rule),
        )


def single_label_ballot(dataset: Dataset, batch: Batch) -> Ballot | None:
    """The batch's votes on ``basic7`` where it has that layer, else ``label``, else its first own.

    Blank and unsure answers are no votes. None if the batch has no single-label layer: no such
    votes at all, or answers that hold several labels.

    Raises
    ------
    EmosError : for an answer that is ``given`` and has no label.
    """
    present = batch.votes["layer"].unique(maintain_order=True).to_list()
    several = set_valued_layers(batch)
    single_layers = [
        *(name for name in SINGLE_LAYERS if name in present),
        *(name for name in present if name not in (*SINGLE_LAYERS, *several)),
    ]
    if not single_layers or single_layers[0] in several:
        return None
    layer, *others = single_layers
    size = pl.col("labels").list.len()
    status = pl.col("status")
    votes = batch.votes.lazy().filter(pl.col("layer") == layer)
    _refuse_empty(votes.filter((status == "given") & (size.fill_null(0) == 0)).head(1).collect())
    counts = votes.select(
        ((status == "given") & (size > 1)).sum().alias("several labels"),
        (status == "unsure").sum().alias("unsure"),
        (status == "blank").sum().alias("blank or unread"),
    ).collect()
    notes = [
        f"{batch.name}: {counted(count, f'{layer} answer')} not counted as votes ({what})"
        for what, count in counts.row(0, named=True).items()
        if count
    ]
    notes += [
        f"{batch.name}: layer {other} is not aggregated: one single-label layer per batch is, here "
        f"{layer}"
        for other in others
    ]
    single = (
        votes.filter((status == "given") & (size == 1))
        .select(
            "item_id", "annotator", pl.col("labels").list.first().alias("label"), "file", "cell"
        )
        .collect()
    )
    return Ballot(
        batch.name, layer, batch.items, single, dataset.label_set(layer).labels, notes=tuple(notes)
    )


def set_valued_layers(batch: Batch) -> list[str]:
    """Layers whose answers may hold several labels: these become soft labels."""
    several = (
        batch.votes.group_by("layer", maintain_order=True)
        .agg((pl.col("labels").list.len() > 1).any().alias("several"))
        .iter_rows()
    )
    return [
        layer
        for layer, some in several
        if layer == GOEMOTIONS.layer or (some and layer != BASIC7.layer)
    ]


def votes_by_rule(batch: Batch) -> Ballot:
    """Basic-7 votes made from the batch's fine labels (``vote:MAP``)."""
    assert batch.rule is not None
    answers = batch.layer(GOEMOTIONS.layer)
    counts = class_counts(
        answers, batch.rule.label_map, fine=GOEMOTIONS.labels, classes=BASIC7.labels
    )
    items = item_codes(answers, batch.items["item_id"])
    made = votes_from_sets(counts, items, original_codes(batch))
    votes = answers.filter(pl.Series(made.kept)).select(
        "item_id", "annotator", names_of(made.labels, BASIC7.labels).alias("label"), "file", "cell"
    )
    notes = []
    if made.from_original:
        notes.append(
            f"{batch.name}: {counted(made.from_original, 'answer')} without a fine label counted "
            "as a vote for the original label, as the procedure has it"
        )
    return Ballot(
        batch.name, BASIC7.layer, batch.items, votes, BASIC7.labels, batch.rule, tuple(notes)
    )


def original_codes(batch: Batch) -> NDArray[np.int64]:
    """Basic-7 code of each item's own label, -1 where it has none."""
    return codes_of(batch.items["original"], pl.Series(BASIC7.labels)).astype(np.int64)


def _refuse_empty(answers: pl.DataFrame) -> None:
    if answers.height:
        raise EmosError(
            "an answer is given but has no label",
            remedy="give it a label or the status blank",
            **where(answers, 0),
        )
