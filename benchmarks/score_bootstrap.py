"""Bootstrap of every Basic-7 metric for 10 models, against looping over scikit-learn.

    python benchmarks/score_bootstrap.py

Labels and answers are drawn with the class shares of the paper's Table 1 and Table 7's accuracies;
nothing of the release is needed. Both sides compute accuracy, balanced accuracy, macro- and
weighted-F1, kappa, MCC, and precision, recall and F1 of each class, on the items and on each
resample. scikit-learn gets its answers as integer codes, which it takes fastest, and computes
precision, recall and F1 of all classes in one call; only its calls are timed, and it runs as many
replicates as fit a few seconds, at least 10; its time is scaled to 1,000 replicates of 10 models.
EmoS is timed from the tables to the intervals. Memory is the largest resident set of a fresh
process that does EmoS's part alone.

Asserted to 1e-12: on the data and on each resample that scikit-learn did, both say the same.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
import warnings

import numpy as np
import polars as pl
from sklearn import metrics as sk

from emos.score.basic7 import METRICS, Basic7Sample, K, units
from emos.score.compare import compare_predictions
from emos.score.options import ScoreOptions
from emos.score.score import score_all
from emos.tables import Dataset, DatasetInfo, conform
from emos.tables.predictions import PREDICTIONS, Predictions
from emos.taxonomy import BASIC7
from machine import heading

MODELS = 10
ITEMS = 9403
REPLICATES = 1000
SECONDS = 10.0
SEED = 12345
NO_CLASS = K  # scikit-learn's eighth label of answers
SHARES = np.array([0.155, 0.044, 0.051, 0.260, 0.371, 0.087, 0.033])


def made() -> tuple[Dataset, list[Predictions]]:
    rng = np.random.default_rng(SEED)
    gold = rng.choice(K, size=ITEMS, p=SHARES / SHARES.sum())
    ids = [f"i{place}" for place in range(ITEMS)]
    names = np.array([*BASIC7.labels, "happiness"])
    dataset = Dataset(
        info=DatasetInfo("made", label_sets={"basic7": BASIC7.labels}),
        items=conform("items", pl.DataFrame({"item_id": ids})),
        labels=conform(
            "labels",
            pl.DataFrame({"item_id": ids, "layer": "basic7", "label": names[gold].tolist()}),
        ),
    )
    runs = []
    for model in range(MODELS):
        wrong = rng.integers(0, K + 1, ITEMS)
        said = np.where(rng.random(ITEMS) < 0.3 + 0.04 * model, gold, wrong)
        empty = {name: pl.lit(None, dtype=kind) for name, kind in PREDICTIONS.items()}
        items = pl.DataFrame({"item_id": ids, "basic7": names[said].tolist(), "status": "ok"})
        whole = items.with_columns(
            **{name: column for name, column in empty.items() if name not in items.columns}
        ).select(list(PREDICTIONS))
        runs.append(Predictions(f"model {model}", whole))
    return dataset, runs


def of_scikit_learn(gold: np.ndarray, said: np.ndarray) -> list[float]:
    labels = np.arange(K)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        gold, said, labels=labels, zero_division=np.nan
    )
    return [
        sk.accuracy_score(gold, said),
        sk.balanced_accuracy_score(gold, said),
        sk.f1_score(gold, said, labels=labels, average="macro", zero_division=0),
        sk.f1_score(gold, said, labels=labels, average="weighted", zero_division=0),
        sk.cohen_kappa_score(gold, said),
        sk.matthews_corrcoef(gold, said),
        *precision,
        *recall,
        *f1,
    ]


def of_emos(gold: np.ndarray, said: np.ndarray) -> np.ndarray:
    counts = np.bincount(units(gold, said), minlength=K * (K + 2)).astype(float)
    sample = Basic7Sample(counts[:, None])
    return np.concatenate([metric.value(sample)[:, 0] for metric in METRICS])


def loop_scikit_learn(dataset: Dataset, runs: list[Predictions]) -> tuple[float, int]:
    """Seconds of its calls and how many there were; values are checked against ours."""
    codes = {label: place for place, label in enumerate((*BASIC7.labels, "happiness"))}
    gold = np.array([codes[label] for label in dataset.labels["label"]])
    answers = [np.array([codes[label] for label in one.items["basic7"]]) for one in runs]
    rng = np.random.default_rng(SEED)
    seconds, calls = 0.0, 0
    while seconds < SECONDS or calls < 10:
        said = answers[calls % MODELS]
        drawn = np.arange(ITEMS) if calls < MODELS else rng.integers(ITEMS, size=ITEMS)
        start = time.perf_counter()
        theirs = of_scikit_learn(gold[drawn], said[drawn])
        seconds += time.perf_counter() - start
        calls += 1
        assert np.allclose(theirs, of_emos(gold[drawn], said[drawn]), rtol=0, atol=1e-12)
    return seconds, calls


def peak_megabytes() -> float:
    done = subprocess.run(
        [sys.executable, __file__, "--peak"], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peak", action="store_true", help=argparse.SUPPRESS)
    peak = parser.parse_args().peak
    warnings.simplefilter("ignore")
    dataset, runs = made()
    options = ScoreOptions(replicates=REPLICATES, families=("basic7",))
    if peak:
        score_all(dataset, runs, options)
        compare_predictions(dataset, runs, options)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    seconds, calls = loop_scikit_learn(dataset, runs)
    scaled = seconds / calls * REPLICATES * MODELS
    timed = {}
    for what, call in (
        ("`score_all`: 10 scores with intervals", score_all),
        ("`compare_predictions`: also 45 paired differences, McNemar, Holm", compare_predictions),
    ):
        rounds = []
        for _ in range(3):
            start = time.perf_counter()
            call(dataset, runs, options)
            rounds.append(time.perf_counter() - start)
        timed[what] = sorted(rounds)[1]
    print(
        heading(
            "Bootstrap of Basic-7 scores, 10 models",
            "python benchmarks/score_bootstrap.py",
            "scikit-learn",
            "numpy",
            "polars",
        )
    )
    print(
        f"{MODELS} models, {ITEMS:,} items, {REPLICATES:,} replicates, {6 + 3 * K} numbers each. "
        f"scikit-learn's time is scaled from {calls} of {REPLICATES * MODELS:,} evaluations "
        f"({seconds:.1f} s); EmoS's is the median of 3 rounds and includes joining the tables "
        f"and hashing the data. Peak memory of EmoS's part: {peak_megabytes():.0f} MB.\n"
    )
    print("| | seconds | times faster |")
    print("|---|---:|---:|")
    print(f"| scikit-learn in a loop (scaled) | {scaled:,.0f} | 1 |")
    for what, needed in timed.items():
        print(f"| {what} | {needed:.2f} | {scaled / needed:,.0f} |")


if __name__ == "__main__":
    main()
