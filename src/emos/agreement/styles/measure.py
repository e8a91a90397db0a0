"""Styles of every annotator of a dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import polars as pl

from emos.agreement.agreement import as_names
from emos.agreement.dataset_agreement import chosen_votes, layer_labels
from emos.agreement.styles.found import SCHEMAS, Found, Place
from emos.agreement.styles.group import measure_group
from emos.agreement.styles.layer_composition import measure_composition
from emos.agreement.styles.panel import Panel, read_panel
from emos.agreement.styles.radar import radar_table
from emos.agreement.styles.result import Styles, StylesOptions
from emos.readers.opening import open_votes
from emos.tables import Dataset, signature
from emos.tables.natural_order import natural_key


def measure_styles(
    dataset: Dataset | str | Path,
    *,
    layers: str | Iterable[str] | None = None,
    replicates: int = StylesOptions.replicates,
    seed: int = StylesOptions.seed,
    confidence: float = StylesOptions.confidence,
    top: int = StylesOptions.top,
    least_effect: float = StylesOptions.least_effect,
    prior: float = StylesOptions.prior,
    blocks: int = StylesOptions.blocks,
    groups: int = StylesOptions.groups,
    neutral: Iterable[str] = StylesOptions.neutral,
    cognitive: Iterable[str] = StylesOptions.cognitive,
    social: Iterable[str] = StylesOptions.social,
) -> Styles:
    """Styles of every annotator of ``dataset``, per subset, batch and layer.

    A blank is no answer and part of no figure. "unsure" is a label where the layer has it; on
    other layers it is an answer without a label, which counts as falling back and no more.

    Parameters
    ----------
    dataset : a dataset, its folder, or a file of votes.
    layers : layers to measure (or one); all that have votes if not given.
    replicates : bootstrap resamples of the items, 2 or more; 0 for no intervals, and then no
        style can be told.
    seed, confidence, top, least_effect, prior, blocks, groups, neutral, cognitive, social : see
        `StylesOptions`.

    Raises
    ------
    EmosError : without votes, for an unknown layer, for two votes by one annotator on an item, or
        for a number outside its range.
    """
    options = StylesOptions(
        layers=None if layers is None else as_names(layers),
        replicates=replicates,
        seed=seed,
        confidence=confidence,
        top=top,
        least_effect=least_effect,
        prior=prior,
        blocks=blocks,
        groups=groups,
        neutral=as_names(neutral),
        cognitive=as_names(cognitive),
        social=as_names(social),
    )
    dataset = open_votes(dataset)
    votes = chosen_votes(dataset, options.layers)
    key = ("subset", "batch", "layer")
    parts = votes.with_columns(pl.col(key).fill_null("")).partition_by(key, as_dict=True)
    found = Found()
    panels: dict[Place, Panel] = {}
    for part in sorted(parts, key=lambda part: [natural_key(str(name)) for name in part]):
        place = Place(*map(str, part))
        panels[place] = read_panel(parts[part], dataset.items, layer_labels(dataset, place.layer))
        measure_group(place, panels[place], dataset, options, found)
    measure_composition(panels, found, options)
    tables = {name: found.table(name) for name in SCHEMAS}
    return Styles(
        **tables,
        radar=radar_table(tables["figures"], tables["labels"]),
        notes=tuple(dict.fromkeys(found.notes)),
        options=options,
        signature=signature(
            "styles",
            asdict(options),
            votes=votes,
            items=dataset.items.select("item_id", "position"),
            labels=dataset.labels,
            soft_labels=dataset.soft_labels,
        ),
    )
