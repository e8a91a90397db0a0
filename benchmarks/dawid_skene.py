"""Dawid-Skene, 50 iterations, against crowd-kit: time, and EmoS's memory.

    python benchmarks/dawid_skene.py RELEASE

Both start from a table of ``task, worker, label`` (names, not codes: Polars for EmoS, pandas for
crowd-kit, which is the form each takes) and end with the posterior of every item. Both start from
the soft majority vote and run exactly 50 iterations; neither may stop early. Both also compute
their likelihood in every iteration. Asserted: the same posteriors to 1e-7 (crowd-kit clips
probabilities at 1e-10, EmoS does not).

The release's batches: the two of CH-SIMS v2 and the Basic-7 votes of MELD's last 2,000. The large
table is simulated: 1,000,000 items, 3 votes each by 3 of 12 annotators, 7 labels, votes in random
order. There crowd-kit runs 1 and 4 iterations, its time is scaled to 50 from these, and posteriors
are compared after 4. ``--full`` runs all 50.

Memory is measured in a process of its own: the peak of its resident memory during the call less
what was resident before it (the votes are loaded, and a small fit has loaded the libraries). The
size of the votes table is that of its Arrow buffers, which is what loading it takes. (Polars'
`estimated_size` is smaller: it leaves out the 16 bytes of every string's view.) Results are part of
what is added: the posteriors, and for `aggregate_dataset` the labels table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from crowdkit.aggregation import DawidSkene as CrowdKit
from numpy.typing import NDArray

from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.aggregate.ballots import batches, single_label_ballot, votes_by_rule
from emos.aggregate.dawid_skene import expand, fit_patterns
from emos.aggregate.votes import code_votes
from emos.readers import read_source
from emos.tables import Dataset, DatasetInfo, conform
from emos.taxonomy import BASIC7
from machine import heading

ITERATIONS = 50
SCALED = (1, 4)  # iterations of crowd-kit on the large table
SAME = 1e-7
MIB = 2**20


def emos_posteriors(table: pl.DataFrame, iterations: int = ITERATIONS) -> NDArray[np.float64]:
    codes = code_votes(
        table, item="task", annotator="worker", label="label", label_names=BASIC7.labels
    )
    patterns = codes.patterns()
    fit = fit_patterns(
        patterns,
        n_annotators=len(codes.annotator_names),
        n_labels=len(codes.label_names),
        max_iter=iterations,
        tolerance=0.0,
    )
    return expand(patterns, fit).posterior


def crowd_kit_posteriors(table: pd.DataFrame, iterations: int = ITERATIONS) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CrowdKit(n_iter=iterations, tol=-np.inf).fit_predict_proba(table)


def largest_difference(
    table: pl.DataFrame, ours: NDArray[np.float64], reference: pd.DataFrame
) -> float:
    tasks = table["task"].unique(maintain_order=True).to_numpy()
    theirs = reference.reindex(index=tasks, columns=list(BASIC7.labels), fill_value=0.0)
    difference = float(np.abs(ours - theirs.to_numpy()).max())
    assert difference < SAME, f"posteriors differ by {difference}"
    return difference


def seconds(run: Callable[[], Any], repeats: int) -> float:
    """Median wall-clock time of ``repeats`` runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: table[name].to_list() for name in table.columns})


def release_tables(release: Path) -> dict[str, pl.DataFrame]:
    dataset = read_source("emos-release", release)
    tables = {}
    for batch in batches(dataset):
        if batch.rule is None:
            ballot = single_label_ballot(dataset, batch)
        else:
            ballot = votes_by_rule(batch) if batch.rule.procedure == "vote" else None
        if ballot is not None:
            tables[batch.name] = ballot.votes.select(
                task="item_id", worker="annotator", label="label"
            )
    return tables


def simulated_table(n_items: int) -> pl.DataFrame:
    """Annotators are right two times in three, and wrong in ways of their own."""
    rng = np.random.default_rng(12345)
    truth = rng.choice(7, n_items, p=[0.15, 0.05, 0.05, 0.25, 0.35, 0.1, 0.05])
    workers = np.argsort(rng.random((n_items, 12), dtype=np.float32), axis=1)[:, :3].ravel()
    habits = rng.dirichlet(np.full(7, 0.5), size=12).cumsum(axis=1)
    slips = (rng.random(3 * n_items)[:, None] > habits[workers]).sum(axis=1).clip(0, 6)
    labels = np.where(rng.random(3 * n_items) < 2 / 3, np.repeat(truth, 3), slips)
    order = rng.permutation(3 * n_items)
    names = np.array(BASIC7.labels)
    return pl.DataFrame(
        {
            "task": pl.Series(np.repeat(np.arange(n_items), 3)[order]),
            "worker": pl.Series(workers[order] + 1),
            "label": pl.Series(names[labels[order]]),
        }
    ).select(
        pl.format("clip_{}", pl.col("task").cast(pl.String).str.zfill(7)).alias("task"),
        pl.format("A{}", "worker").alias("worker"),
        "label",
    )


def scaled_reference(table: pd.DataFrame, *, full: bool) -> tuple[float, int, pd.DataFrame]:
    """Seconds for 50 iterations, how many were run last, and the posteriors after those."""
    if full:
        start = time.perf_counter()
        found = crowd_kit_posteriors(table)
        return time.perf_counter() - start, ITERATIONS, found
    times = []
    for iterations in SCALED:
        start = time.perf_counter()
        found = crowd_kit_posteriors(table, iterations)
        times.append(time.perf_counter() - start)
    each = (times[1] - times[0]) / (SCALED[1] - SCALED[0])
    return times[0] + (ITERATIONS - SCALED[0]) * each, SCALED[1], found


def as_dataset(table: pl.DataFrame) -> Dataset:
    place = {"subset": pl.lit("simulated"), "batch": pl.lit("")}
    votes = table.select(
        item_id="task",
        annotator="worker",
        layer=pl.lit("basic7"),
        labels=pl.concat_list("label"),
        status=pl.lit("given"),
        raw="label",
        **place,
    )
    items = table.select(item_id=pl.col("task").unique(maintain_order=True)).with_columns(**place)
    return Dataset(
        DatasetInfo("simulated", label_sets={"basic7": BASIC7.labels}),
        items=conform("items", items),
        votes=conform("votes", votes),
    )


def measure_memory(folder: Path, what: str) -> dict[str, float]:
    """In a process of its own: the votes' size, and what the call adds at its peak (MiB)."""
    small = simulated_table(100)
    run: Callable[[], object]
    if what == "table":
        emos_posteriors(small)
        table = pl.read_ipc(folder / "table.arrow")
        run = partial(emos_posteriors, table)
    else:
        aggregate_dataset(as_dataset(small))
        loaded = {name: pl.read_ipc(folder / f"{name}.arrow") for name in ("items", "votes")}
        dataset = replace(as_dataset(small), **loaded)
        run = partial(aggregate_dataset, dataset, AggregateOptions(preset="emos-paper"))
    before = _reset_peak()
    start = time.perf_counter()
    kept = run()
    took = time.perf_counter() - start
    added = _peak() - before
    del kept
    votes = folder / ("table.arrow" if what == "table" else "votes.arrow")
    return {"table": votes.stat().st_size / MIB, "added": added / MIB, "seconds": took}


def _reset_peak() -> float:
    """Start the peak of resident memory at what is resident now (Linux), and return it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()  # elsewhere the peak so far, which can only hide part of what is added
    return _peak()


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return float(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit


def in_another_process(folder: Path, what: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--memory", what, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def report_release(release: Path) -> None:
    print("| batch | items | crowd-kit, s | EmoS, s | times faster | largest difference |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, table in release_tables(release).items():
        frame = to_pandas(table)
        difference = largest_difference(table, emos_posteriors(table), crowd_kit_posteriors(frame))
        reference = seconds(lambda: crowd_kit_posteriors(frame), 5)  # noqa: B023
        ours = seconds(lambda: emos_posteriors(table), 50)  # noqa: B023
        print(
            f"| {name} | {table['task'].n_unique():,} | {reference:.3f} | {ours:.5f} | "
            f"{reference / ours:.0f} | {difference:.1e} |",
            flush=True,
        )


def report_large(n_items: int, *, full: bool) -> None:
    table = simulated_table(n_items)
    ours = seconds(lambda: emos_posteriors(table), 5)
    reference, iterations, posteriors = scaled_reference(to_pandas(table), full=full)
    difference = largest_difference(table, emos_posteriors(table, iterations), posteriors)
    how = "" if full else f" (scaled from {SCALED[0]} and {SCALED[1]} iterations)"
    print(f"\n| items x 3 votes, 12 annotators | crowd-kit, s{how} | EmoS, s | times faster |")
    print("|---:|---:|---:|---:|")
    print(f"| {n_items:,} | {reference:.0f} | {ours:.2f} | {reference / ours:.0f} |")
    print(f"\nLargest difference of a posterior after {iterations} iterations: {difference:.1e}.")
    with tempfile.TemporaryDirectory() as folder:
        dataset = as_dataset(table)
        for name, frame in (("table", table), ("votes", dataset.votes), ("items", dataset.items)):
            frame.write_ipc(Path(folder) / f"{name}.arrow", compression="uncompressed")
        del dataset
        measured = {what: in_another_process(Path(folder), what) for what in ("table", "dataset")}
    print("\n| memory | votes table, MiB | added at the peak, MiB | added / table | s |")
    print("|---|---:|---:|---:|---:|")
    for what, name in (
        ("table", "task, worker, label to posteriors"),
        ("dataset", "aggregate_dataset, preset emos-paper"),
    ):
        m = measured[what]
        print(
            f"| {name} | {m['table']:.0f} | {m['added']:.0f} | {m['added'] / m['table']:.1f} | "
            f"{m['seconds']:.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("release", nargs="?", default=os.environ.get("EMOS_RELEASE"))
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="crowd-kit runs all 50 iterations")
    parser.add_argument("--memory", choices=("table", "dataset"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        print(json.dumps(measure_memory(arguments.folder, arguments.memory)))
        return
    command = "python benchmarks/dawid_skene.py RELEASE"
    print(heading("Dawid-Skene, 50 iterations", command, "crowd-kit", "pandas", "numpy", "polars"))
    if arguments.release:
        report_release(Path(arguments.release))
    else:
        print("The release's batches are left out: no folder given, EMOS_RELEASE is not set.")
    report_large(arguments.items, full=arguments.full)


if __name__ == "__main__":
    main()
