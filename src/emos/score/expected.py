"""Which items predictions are held to: every expected one, answered or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from emos.errors import EmosError
from emos.score.draws import draw_items
from emos.score.hashes import gold_hash
from emos.score.options import ScoreOptions
from emos.tables import Dataset
from emos.tables.predictions import Predictions


@dataclass(frozen=True)
class Expected:
    """The items (rows of the dataset's table, in its order), and what a reader must know of it.

    ``gold_hash`` is that of all that their scores can rest on.
    """

    items: pl.DataFrame
    notes: tuple[str, ...]
    gold_hash: str


def expected_items(
    dataset: Dataset, predictions: Sequence[Predictions], options: ScoreOptions
) -> Expected:
    """The items that all of ``predictions`` are scored on.

    These are the chosen clips with a Basic-7 label (with a soft label, where the chosen ones have
    no Basic-7 labels at all) and the chosen monologues with utterances. Clips are passed over when
    only monologues were answered, and monologues when only clips were: they are other tasks.
    Otherwise nothing that was answered decides what is expected.

    Raises
    ------
    EmosError : for a name that the dataset does not have, a choice without items, or predictions
        none of which is about a chosen item.
    """
    chosen = _chosen(dataset, options)
    if not chosen.height:
        raise EmosError("no item is left to score", remedy="choose fewer of subset, tier, language")
    spoken = dataset.utterances["monologue_id"].unique().to_list()
    is_monologue = pl.col("item_id").is_in(spoken)
    monologues, clips = chosen.filter(is_monologue), chosen.filter(~is_monologue)
    labelled, notes = _labelled(dataset, clips)
    answered = pl.concat([one.items["item_id"] for one in predictions]).unique().to_list()
    tasks = {"clips": labelled, "monologues": monologues}
    met = {name: items for name, items in tasks.items() if items["item_id"].is_in(answered).any()}
    if not met:
        raise EmosError(
            _none_answered(dataset, labelled.height + monologues.height, answered),
            file=predictions[0].file or None,
            remedy="item_id must be that of the dataset's items table",
        )
    for name, items in tasks.items():
        if items.height and name not in met:
            notes.append(f"none of the {items.height:,} {name} has an answer: not scored")
    names = pl.concat([items["item_id"] for items in met.values()]).to_list()
    notes += _unanswered_parts(pl.concat(list(met.values())), answered)
    notes += _strangers(dataset, predictions)
    items = chosen.filter(pl.col("item_id").is_in(names))
    return Expected(items, tuple(notes), gold_hash(dataset, items))


def _chosen(dataset: Dataset, options: ScoreOptions) -> pl.DataFrame:
    items = dataset.items
    for column, names in (
        ("subset", options.subsets),
        ("batch", options.batches),
        ("language", options.languages),
        ("split", options.splits),
    ):
        items = items.filter(_among(column, names, dataset.items[column]))
    if options.tiers:
        tiers = dataset.labels.filter(pl.col("layer") == "basic7")
        tiers = tiers.filter(_among("tier", options.tiers, tiers["tier"]))
        items = items.join(tiers, on="item_id", how="semi", maintain_order="left")
    if options.draw is not None:
        drawn = draw_items(dataset, options.draw, seed=options.draw_seed)
        items = items.filter(pl.col("item_id").is_in(drawn))
    return items


def _among(column: str, names: Sequence[str], known: pl.Series) -> pl.Expr:
    """Whether a column has one of the names; an `EmosError` for a name it never has."""
    for name in names:
        if not (known == name).any():
            have = ", ".join(sorted(known.drop_nulls().unique())) or "none"
            raise EmosError(f"no item of {column} {name!r}", remedy=f"there are {have}")
    return pl.col(column).is_in(list(names)) if names else pl.lit(True)


def _labelled(dataset: Dataset, clips: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The clips that have something to be held against."""
    known = pl.col("label").is_not_null() & (pl.col("layer") == "basic7")
    found = clips.join(
        dataset.labels.filter(known), on="item_id", how="semi", maintain_order="left"
    )
    what = "Basic-7 label"
    if not found.height:
        found = clips.join(dataset.soft_labels, on="item_id", how="semi", maintain_order="left")
        what = "soft label"
    without = clips.height - found.height
    if not without or not found.height:
        return found, []
    return found, [f"{without:,} clips have no {what} and are not scored"]


def _none_answered(dataset: Dataset, expected: int, answered: list[str]) -> str:
    if not expected:
        return "the chosen items have no labels (emos aggregate makes them)"
    known = dataset.items["item_id"].is_in(answered).sum()
    if known:
        return f"none of the {expected:,} chosen items has an answer ({known:,} others have)"
    return f"no answer is to an item of this dataset (the first is to {min(answered)!r})"


def _unanswered_parts(items: pl.DataFrame, answered: list[str]) -> list[str]:
    """Whole subsets without any answer: probably not asked for, and counted all the same."""
    shares = items.group_by("subset", maintain_order=True).agg(
        n=pl.len(), answers=pl.col("item_id").is_in(answered).sum()
    )
    return [
        f"{subset} has no answer at all: its {n:,} items count as missing (--subset leaves it out)"
        for subset, n, answers in shares.iter_rows()
        if not answers
    ]


def _strangers(dataset: Dataset, predictions: Sequence[Predictions]) -> list[str]:
    notes = []
    for one in predictions:
        strange = one.items.filter(~pl.col("item_id").is_in(dataset.items["item_id"].to_list()))
        if strange.height:
            notes.append(
                f"{one.name}: {strange.height:,} answers are to items that the dataset does not "
                f"have (the first: {strange['item_id'][0]})"
            )
    return notes
