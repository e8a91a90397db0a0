"""The page of a dataset too large for one: time, memory and the size of what is written.

    python benchmarks/large_report.py 200000 1000000

Each dataset has 3 votes per item on Basic-7, drawn from the confusion matrices of 6 annotators in
two batches; one vote in a hundred is blank, and one in fifty has a repair in the ledger. It is
aggregated first, which is not measured. The page is made once, in a process of its own.

Targets: a page under 8 MB; a million items in under 10 minutes and 6 GB.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from emos.aggregate import aggregate_dataset
from emos.tables import Dataset, DatasetInfo, conform
from emos.taxonomy import BASIC7
from machine import heading

PEOPLE, VOTES = 6, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("items", type=int, nargs="+")
    sizes = sorted(parser.parse_args().items)  # a process's peak memory never falls
    command = f"python benchmarks/large_report.py {' '.join(map(str, sizes))}"
    print(heading("The page of a large dataset", command))
    print("| items | votes | wall s | CPU s | peak memory, GB | page, MB | votes beside it, MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            simulated(size).write(place / "D")
            print(measured(size, place), flush=True)


def measured(size: int, place: Path) -> str:
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "emos", "report", "D", "-o", "D.html"],
        cwd=place,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6  # from KB, on Linux
    page, beside = ((place / f"D.{ending}").stat().st_size for ending in ("html", "votes.parquet"))
    return (
        f"| {size:,} | {VOTES * size:,} | {wall:.0f} | {cpu:.0f} | {memory:.1f} "
        f"| {page / 1e6:.1f} | {beside / 1e6:.1f} |"
    )


def simulated(size: int) -> Dataset:
    rng = np.random.default_rng(0)
    labels = len(BASIC7.labels)
    truth = rng.choice(labels, size, p=[0.1, 0.05, 0.05, 0.25, 0.35, 0.15, 0.05])
    confusion = 0.65 * np.eye(labels) + 0.35 * rng.dirichlet(np.ones(labels), size=(PEOPLE, labels))
    item = np.repeat(np.arange(size), VOTES)
    second = item >= size // 2
    person = np.tile(np.arange(VOTES), size) + VOTES * second
    limits = confusion[person, truth[item]].cumsum(axis=1)
    drawn = (rng.random(VOTES * size)[:, None] > limits).sum(axis=1).clip(0, labels - 1)
    blank = pl.Series(rng.random(VOTES * size) < 0.01)
    said = pl.Series(BASIC7.labels).gather(drawn)
    places = pl.DataFrame({"at": np.arange(size)}).select(
        item_id=pl.format("clips/{}/{}", pl.col("at") // 20, pl.col("at") % 20),
        subset=pl.lit("clips"),
        batch=pl.when(pl.col("at") < size // 2).then(pl.lit("first")).otherwise(pl.lit("second")),
        transcript=pl.format("Somebody says sentence number {} of the simulation.", "at"),
        position=pl.col("at"),
    )
    votes = places[item].select("item_id", "subset", "batch").with_columns(
        annotator=pl.format("A{}", pl.Series(person + 1)),
        layer=pl.lit("basic7"),
        labels=pl.when(blank).then(pl.lit([], pl.List(pl.String))).otherwise(pl.concat_list(said)),
        status=pl.when(blank).then(pl.lit("blank")).otherwise(pl.lit("given")),
        raw=pl.when(blank).then(None).otherwise(said),
        file=pl.format("votes/A{}.xlsx", pl.Series(person + 1)),
        sheet=pl.lit("Sheet1"),
        cell=pl.format("B{}", pl.Series(item + 2)),
    )  # fmt: skip
    ledger = votes.gather_every(50).select(
        "file", "sheet", "cell", "item_id", "annotator", "layer",
        kind=pl.lit("repaired"), rule=pl.lit("spelling"),
        before=pl.col("raw") + "x", after="raw",
    )  # fmt: skip
    dataset = Dataset(
        info=DatasetInfo(name="simulated", label_sets={"basic7": BASIC7.labels}),
        items=conform("items", places),
        votes=conform("votes", votes),
        ledger=conform("ledger", ledger),
    )
    done = aggregate_dataset(dataset)
    return dataset.with_tables(labels=done.labels, soft_labels=done.soft_labels)


if __name__ == "__main__":
    main()
