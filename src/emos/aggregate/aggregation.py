"""A dataset's votes to labels and soft labels: what ``emos aggregate`` does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from emos.aggregate.ballots import (
    Ballot,
    Batch,
    batches,
    set_valued_layers,
    single_label_ballot,
    votes_by_rule,
)
from emos.aggregate.models import BatchModel, aggregate_ballot
from emos.aggregate.options import DAWID_SKENE, MAJORITY, AggregateOptions
from emos.aggregate.share_model import aggregate_by_share
from emos.aggregate.soft_labels import soft_labels
from emos.errors import EmosError
from emos.readers.opening import open_votes
from emos.readers.wording import counted
from emos.tables import Dataset, conform, empty, signature


@dataclass(frozen=True)
class Aggregation:
    """What the votes add up to.

    Attributes
    ----------
    labels, soft_labels : tables of a dataset folder (see ``docs/tables.md``).
    models : one per subset and batch, or per layer if pooled, in the order of the votes.
    notes : in sentences, what the numbers alone do not say.
    options : as used, every number that the method uses stated.
    corrections, inputs : the correction rule of each corrected batch, and the tables that the
        labels were made from; both are in the signature.
    """

    labels: pl.DataFrame
    soft_labels: pl.DataFrame
    models: tuple[BatchModel, ...]
    notes: tuple[str, ...]
    options: AggregateOptions
    corrections: dict[str, str]
    inputs: dict[str, pl.DataFrame]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the labels should know, model by model."""
        return tuple(warning for model in self.models for warning in model.warnings)

    @cached_property
    def signature(self) -> str:
        """What was computed, with which parameters, on which votes."""
        parameters = self.options.used() | {"correction": self.corrections or None}
        return signature("aggregate", parameters, **self.inputs)

    def model(self, name: str) -> BatchModel:
        """The model called ``name`` (``ch-sims-v2/first-2499``).

        Raises
        ------
        EmosError : if there is none.
        """
        for model in self.models:
            if model.name == name:
                return model
        names = ", ".join(model.name for model in self.models) or "none"
        raise EmosError(f"no model {name!r}", remedy=f"there are {names}")


def aggregate_dataset(
    dataset: Dataset | str | Path,
    options: AggregateOptions | None = None,
    *,
    gold: pl.DataFrame | None = None,
    initial_confusion: pl.DataFrame | None = None,
) -> Aggregation:
    """Aggregate every batch that has votes.

    Single-label votes (layer ``basic7`` where a batch has it, else ``label``) become labels by one
    model per subset and batch. A batch that ``dataset.info.rules["correction"]`` names gets its
    Basic-7 labels from its fine labels by that rule instead. Set-valued votes become soft labels.

    Parameters
    ----------
    dataset : a dataset, its folder, or a file of votes.
    options : by default Dawid-Skene to convergence, no bootstrap.
    gold : ``item_id, label``: known classes, which stay.
    initial_confusion : ``annotator, true, given, probability``: confusion matrices to start from.

    Raises
    ------
    EmosError : if there are no votes, or for votes, options, gold or confusion that cannot be used.
    """
    options = (options or AggregateOptions()).resolved()
    dataset = open_votes(dataset)
    if dataset.votes.is_empty():
        raise EmosError("there are no votes to aggregate", remedy="import some with emos import")
    if options.method != DAWID_SKENE:
        _refuse_for_others(options, gold, initial_confusion)
    if initial_confusion is not None:
        initial_confusion = _published_names(initial_confusion, dataset)
    every = list(batches(dataset))
    shares = [batch for batch in every if batch.rule and batch.rule.procedure == "share"]
    single = {batch.name: _ballot(dataset, batch) for batch in every}
    ballots = [ballot for ballot in single.values() if ballot is not None]
    if options.pool:
        ballots = _pooled(ballots)
    if gold is not None:
        _check_gold(gold, ballots, shares)
    if initial_confusion is not None:
        _check_annotators(initial_confusion, ballots)
    done = {
        ballot.name: aggregate_ballot(ballot, options, gold=gold, confusion=initial_confusion)
        for ballot in ballots
    }
    done |= {batch.name: aggregate_by_share(batch, options) for batch in shares}
    names = [batch.name for batch in every]
    order = sorted(done, key=lambda name: names.index(name) if name in names else -1)
    soft = [table for batch in every for table in _soft(dataset, batch)]
    models = tuple(done[name].model for name in order)
    notes = [model.comparison.sentence(model.name) for model in models if model.comparison]
    notes += [
        f"{batch.name}: no single-label votes, so soft labels only"
        for batch in every
        if batch.rule is None and single[batch.name] is None
    ]
    notes += _release_note(dataset, options)
    inputs = {"votes": dataset.votes}
    inputs |= {} if gold is None else {"gold": gold}
    inputs |= {} if initial_confusion is None else {"confusion": initial_confusion}
    return Aggregation(
        labels=_stack("labels", [done[name].labels for name in order]),
        soft_labels=_stack("soft_labels", soft),
        models=models,
        notes=tuple(notes),
        options=options,
        corrections={batch.name: batch.rule.text for batch in every if batch.rule},
        inputs=inputs,
    )


def _release_note(dataset: Dataset, options: AggregateOptions) -> Iterator[str]:
    """Why the paper's preset does not give every figure of the release it comes from."""
    if options.preset is None or "release_spellings" not in dataset.info.rules:
        return
    repaired = dataset.ledger.filter(kind="repaired", rule="misspelling").height
    if repaired:
        yield (
            f"{counted(repaired, 'misspelt label')} repaired at import; the release dropped such "
            "labels, so its own figures need an import with --repair drop"
        )


def _ballot(dataset: Dataset, batch: Batch) -> Ballot | None:
    """The batch's single-label votes, if it has or makes any."""
    if batch.rule is None:
        return single_label_ballot(dataset, batch)
    return votes_by_rule(batch) if batch.rule.procedure == "vote" else None


def _pooled(ballots: list[Ballot]) -> list[Ballot]:
    """One ballot per layer; votes made from fine labels keep a model of their own.

    Raises
    ------
    EmosError : for an item that is in two batches, which one model cannot hold twice.
    """
    pools: dict[str, Ballot] = {}
    for ballot in ballots:
        if ballot.rule is not None:
            continue
        name = f"pool {ballot.layer}"
        before = pools.get(name, replace(ballot, items=ballot.items[:0], votes=ballot.votes[:0]))
        pools[name] = replace(
            ballot,
            name=name,
            items=pl.concat([before.items, ballot.items]),
            votes=pl.concat([before.votes, ballot.votes]),
            notes=(*(before.notes if name in pools else ()), *ballot.notes),
        )
    for pool in pools.values():
        twice = pool.items.filter(pl.col("item_id").is_duplicated())
        if twice.height:
            raise EmosError(f"{twice['item_id'][0]} is in two batches", remedy="leave out --pool")
    return [*pools.values(), *(ballot for ballot in ballots if ballot.rule is not None)]


def _soft(dataset: Dataset, batch: Batch) -> Iterator[pl.DataFrame]:
    """Soft labels of the batch's set-valued layers."""
    for layer in set_valued_layers(batch):
        found = soft_labels(
            batch.layer(layer), dataset.label_set(layer).labels, item_ids=batch.items["item_id"]
        )
        yield found.table().with_columns(
            subset=pl.lit(batch.subset), batch=pl.lit(batch.batch), layer=pl.lit(layer)
        )


def _stack(table: str, parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([conform(table, part) for part in parts]) if parts else empty(table)


def _published_names(confusion: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """A1, A2, ... for the workers of a votes file, who were given these names when it was read."""
    numbers = {
        real: key.removeprefix("worker ")
        for key, real in dataset.sources.items()
        if key.startswith("worker ")
    }
    return confusion.with_columns(pl.col("annotator").replace(numbers)) if numbers else confusion


def _refuse_for_others(
    options: AggregateOptions, gold: pl.DataFrame | None, confusion: pl.DataFrame | None
) -> None:
    if confusion is not None:
        raise EmosError(f"method {options.method} takes no initial confusion")
    if gold is not None and options.method != MAJORITY:
        raise EmosError(f"method {options.method} takes no gold labels")


def _check_gold(gold: pl.DataFrame, ballots: list[Ballot], shares: list[Batch]) -> None:
    """Every gold item must be one that a model can learn from."""
    known = gold.select("item_id").unique(maintain_order=True)
    for batch in shares:
        inside = known.join(batch.items, on="item_id", how="semi")
        if inside.height:
            raise EmosError(
                f"gold for {inside['item_id'][0]}, but {batch.name} has no model to learn from it",
                remedy="its labels follow by share:MAP; leave it out",
            )
    for ballot in ballots:
        known = known.join(ballot.items, on="item_id", how="anti", maintain_order="left")
    if known.height:
        raise EmosError(
            f"gold for an unknown item {known['item_id'][0][:60]!r}",
            remedy="use the item_id of items.parquet",
        )


def _check_annotators(confusion: pl.DataFrame, ballots: list[Ballot]) -> None:
    known = {name for ballot in ballots for name in ballot.votes["annotator"].unique()}
    for name in confusion["annotator"].unique(maintain_order=True):
        if name not in known:
            raise EmosError(
                f"initial confusion for an unknown annotator {str(name)[:60]!r}",
                remedy=f"there are {', '.join(sorted(known)) or 'none'}",
            )
