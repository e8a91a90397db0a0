"""A dataset and what the earlier rooms make of it, each result computed when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.tables import Dataset

if TYPE_CHECKING:
    from emos.agreement import Agreement
    from emos.agreement.styles import Styles
    from emos.audit import Audit
    from emos.readers.lint import Finding as Fault


class Missing(NamedTuple):
    """Something a page would show and cannot.

    ``key`` is a sentence of ``words/missing.toml``; ``values`` fill it in.
    """

    key: str
    values: dict[str, object]


class Results:
    """What a page or a picture is made from.

    A result that the dataset does not give is ``None``, and `missing` says why.

    Parameters
    ----------
    dataset : all tables.
    paper : the paper to hold against it, a name or a folder; by default the one that EmoS ships
        for a dataset of this name, if any.
    folder : a folder of source files to look over (`emos.readers.lint`).
    replicates, seed : of every bootstrap interval.
    agreement, audit, faults : results that are there already and are not computed again.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        paper: str | Path | None = None,
        folder: str | Path | None = None,
        replicates: int = 1000,
        seed: int = 12345,
        agreement: Agreement | None = None,
        audit: Audit | None = None,
        faults: tuple[Fault, ...] | None = None,
    ) -> None:
        self.dataset = dataset
        self.paper = paper
        self.folder = folder
        self.replicates = replicates
        self.seed = seed
        made = {"agreement": agreement, "audit": audit, "faults": faults}
        # Where a cached property keeps its value.
        self.__dict__ |= {name: result for name, result in made.items() if result is not None}

    @cached_property
    def agreement(self) -> Agreement | None:
        """Agreement under every blank policy; ``None`` without votes."""
        from emos.agreement import measure_agreement

        if not self.dataset.votes.height:
            return None
        return measure_agreement(self.dataset, replicates=self.replicates, seed=self.seed)

    @cached_property
    def styles(self) -> Styles | None:
        """Annotators' styles; ``None`` without votes."""
        from emos.agreement.styles import measure_styles

        if not self.dataset.votes.height:
            return None
        return measure_styles(self.dataset, replicates=self.replicates, seed=self.seed)

    @cached_property
    def audit(self) -> Audit | None:
        """The paper's cells; ``None`` where no paper is about this dataset."""
        from emos.audit import audit_paper

        return None if self._paper is None else audit_paper(self.dataset, paper=self._paper)

    @cached_property
    def style_claims(self) -> pl.DataFrame | None:
        """What the paper says of annotators, against the votes; ``None`` where it says nothing."""
        from emos.agreement.styles import compare_claims
        from emos.audit import style_claims
        from emos.audit.paper import STYLES_FILE, paper_folder

        paper = self._paper
        if self.styles is None or paper is None:
            return None
        if not (paper_folder(paper) / STYLES_FILE).is_file():
            return None
        return compare_claims(self.styles, style_claims(paper))

    @cached_property
    def _paper(self) -> str | Path | None:
        """The paper to hold against the dataset: the one named, else the one about it."""
        from emos.audit import known_papers, load_paper

        if self.paper is not None:
            return self.paper
        name = self.dataset.info.name
        return next((one for one in known_papers() if load_paper(one).dataset == name), None)

    @cached_property
    def faults(self) -> tuple[Fault, ...] | None:
        """What lint finds in the folder of sources; ``None`` if none was named."""
        from emos.readers.lint import lint

        return None if self.folder is None else lint(self.folder)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What a reader will not find on the page, and what would bring it."""
        return tuple(_missing(self.dataset))

    def check(self) -> None:
        """Compute what can fail on what a user chose, before anything is written.

        Raises
        ------
        EmosError : for a paper that is not about the dataset or a folder that cannot be read.
        """
        data = self.dataset
        tables = (data.items, data.votes, data.labels, data.soft_labels, data.utterances)
        if self.faults is None and all(table.is_empty() for table in tables):
            raise EmosError("this dataset is empty", remedy="import something first")
        if self.paper is not None:
            _ = self.audit


def _missing(dataset: Dataset) -> list[Missing]:
    found = []
    if dataset.votes.is_empty():
        found.append(Missing("no-votes", {}))
    else:
        found += [*_silent_layers(dataset), *_unlabelled(dataset), *_thin_places(dataset)]
    known = dataset.items["item_id"]
    stray = dataset.votes.filter(~pl.col("item_id").is_in(known.implode()))["item_id"].n_unique()
    if stray:
        found.append(Missing("unknown-items", {"n": stray}))
    if dataset.utterances.is_empty():
        found.append(Missing("no-streams", {}))
    return found


def _silent_layers(dataset: Dataset) -> Iterator[Missing]:
    for layer in sorted(set(dataset.info.label_sets) - set(dataset.votes["layer"].unique())):
        yield Missing("no-votes-on-layer", {"layer": layer})


def _unlabelled(dataset: Dataset) -> Iterator[Missing]:
    """Layers with votes and nothing made of them."""
    voted = set(dataset.votes["layer"].unique())
    labelled = {*dataset.labels["layer"].unique(), *dataset.soft_labels["layer"].unique()}
    if not voted & labelled:
        yield Missing("no-labels", {})
        return
    for layer in sorted(voted - labelled):
        yield Missing("no-labels-on-layer", {"layer": layer})


def _thin_places(dataset: Dataset) -> Iterator[Missing]:
    """Batches on which agreement cannot be measured."""
    place = ("subset", "batch", "layer")
    given = dataset.votes.filter(pl.col("status") != "blank")
    most = (
        given.group_by(*place, "item_id")
        .agg(pl.col("annotator").n_unique().alias("most"))
        .group_by(place)
        .agg(pl.col("most").max())
    )
    people = dataset.votes.group_by(place, maintain_order=True).agg(pl.col("annotator").n_unique())
    places = people.join(most, on=place, how="left", nulls_equal=True, maintain_order="left")
    for subset, batch, layer, people, answers in places.iter_rows():
        named = "/".join(part for part in (subset, batch) if part) or dataset.info.name
        key = None
        if not answers:
            key = "all-blank"
        elif people == 1:
            key = "one-annotator"
        elif answers == 1:
            key = "no-overlap"
        if key is not None:
            yield Missing(key, {"place": named, "layer": layer})
