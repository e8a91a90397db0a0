"""Agreement over the rows of a sheet, as a script that compares columns would find it.

Annotators' sheets list items of other batches too, with nothing filled in. Whoever compares their
columns row by row compares those blanks as well. `compare_rows` does so on purpose, to give such
figures back and show what they rest on: in the public EmoS release, the exact match of the latter
CH-SIMS batch (24.4 %) is over 2,500 rows of which 595 are blank for all three.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from emos.agreement.agreement import Agreement, AgreementOptions, as_names
from emos.agreement.ballots import Unsure, read_ballots
from emos.agreement.dataset_agreement import measure_ballots
from emos.agreement.policies import POLICIES
from emos.errors import EmosError
from emos.readers.repair import read_labels
from emos.tables import Dataset


def compare_rows(
    votes: pl.DataFrame,
    rows: Sequence[str | None],
    *,
    extra: pl.DataFrame | None = None,
    policies: str | Sequence[str] = tuple(POLICIES),
    unsure: Unsure = "label",
    replicates: int = 0,
    seed: int = 12345,
) -> Agreement:
    """Agreement over ``rows``, with a blank wherever an annotator of ``votes`` has no vote.

    Parameters
    ----------
    votes : votes of one layer by the annotators compared. Votes on items that are not in ``rows``
        are left aside.
    rows : the item of each row compared, ``None`` for a row that is no item. A repeated item is a
        row each time.
    extra : further filled cells of these annotators (`outside_batch_votes`).
    policies, unsure, replicates, seed : as for `measure_agreement`.

    Returns
    -------
    Agreement : one group whose subset and batch are empty; ``groups`` counts the blank rows.

    Raises
    ------
    EmosError : if ``votes`` hold no or several layers, or two votes by one annotator on an item.
    """
    layers = votes["layer"].unique().to_list()
    if len(layers) != 1:
        raise EmosError(f"votes of {len(layers)} layers", remedy="compare rows on one layer")
    columns = ["item_id", "annotator", "labels"]
    cells = votes.select(columns)
    people = cells.select("annotator").unique().sort("annotator")
    if extra is not None:
        cells = pl.concat([cells, extra.select(columns)]).join(people, on="annotator", how="semi")
    sheet = pl.DataFrame(
        {"row": [str(place) for place in range(len(rows))], "item_id": rows},
        schema={"row": pl.String, "item_id": pl.String},
    )
    filled = (
        sheet.join(people, how="cross")
        .join(cells, on=["item_id", "annotator"], how="left", maintain_order="left")
        .select(pl.col("row").alias("item_id"), "annotator", "labels")
    )
    options = AgreementOptions(
        policies=as_names(policies), unsure=unsure, replicates=replicates, seed=seed
    )
    ballots = read_ballots(filled, unsure=unsure)
    return measure_ballots({("", "", layers[0]): ballots}, options, filled)


def outside_batch_votes(dataset: Dataset, layer: str) -> pl.DataFrame:
    """Cells filled in outside their annotator's batch, read as votes on ``layer``.

    They are no votes of the dataset; the ledger keeps them (rule ``outside-batch``). Whole runs of
    copied answers are one ledger row each and are not read here.

    Returns
    -------
    Table with the columns ``item_id, annotator, layer, labels, status`` of the votes table.
    """
    cells = dataset.ledger.filter(
        pl.col("rule") == "outside-batch",
        pl.col("layer") == layer,
        pl.col("item_id").is_not_null(),
        pl.col("before").is_not_null(),
        ~pl.col("cell").str.contains(":").fill_null(False),
    )
    label_set = dataset.label_set(layer)
    readings = [
        read_labels(
            text,
            label_set,
            mode=dataset.info.repair,
            spellings=dataset.info.rules.get("release_spellings", {}),
        )
        for text in cells["before"]
    ]
    return cells.select("item_id", "annotator", "layer").with_columns(
        labels=pl.Series([list(r.labels) for r in readings], dtype=pl.List(pl.String)),
        status=pl.Series([r.status for r in readings], dtype=pl.String),
    )
