"""The release's twelve annotators' workbooks: EmoS against pandas with openpyxl.

    python benchmarks/read_workbooks.py RELEASE

Both read every cell of the first sheet as text, one after the other in one process. EmoS finds
formulas, errors, merged cells and the size of what it unpacks on the way; it is shown reading file
by file and, as ``emos import`` does, with several files at once. Asserted: the same cells. Then the
whole of ``emos import emos-release``, the writing of the dataset apart.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from emos.readers import read_source
from emos.readers.sheets.workbook import read_sheet
from machine import heading

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("release", type=Path)
    release: Path = parser.parse_args().release
    dataset = read_source("emos-release", release)
    answered = dataset.votes["file"].unique().sort()
    paths = [release / dataset.sources[published] for published in answered]
    for path in paths:
        _check_same(path)

    readers: dict[str, Callable[[], object]] = {
        "pandas with openpyxl": lambda: [_pandas(path) for path in paths],
        "emos, file by file": lambda: [read_sheet(path) for path in paths],
        "emos, files side by side": lambda: _together(paths),
        "the whole import": lambda: read_source("emos-release", release),
    }
    # In turns, so that another program's load falls on all of them.
    rounds = [{name: _seconds(run) for name, run in readers.items()} for _ in range(ROUNDS)]
    seconds = {name: statistics.median(turn[name] for turn in rounds) for name in readers}

    command = "python benchmarks/read_workbooks.py RELEASE"
    print(heading("Reading workbooks", command, "fastexcel", "polars", "pandas", "openpyxl"))
    print(
        f"{len(paths)} workbooks, {sum(path.stat().st_size for path in paths) / 1e6:.1f} MB; "
        f"median of {ROUNDS} rounds.\n"
    )
    print("| reader | seconds | times faster |")
    print("|---|---:|---:|")
    slow = seconds["pandas with openpyxl"]
    for name in list(readers)[:3]:
        print(f"| {name} | {seconds[name]:.2f} | {slow / seconds[name]:.1f} |")
    print(
        f"\nThe whole import of the release (workbooks, meta.csv, {dataset.monologues.height} "
        f"monologues, repair, ledger): {seconds['the whole import']:.2f} s."
    )


def _pandas(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="openpyxl", header=None, dtype=str, keep_default_na=False)


def _together(paths: list[Path]) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(read_sheet, paths))


def _check_same(path: Path) -> None:
    theirs = [tuple(str(value) for value in row) for row in _pandas(path).itertuples(index=False)]
    ours = [tuple(value or "" for value in row) for row in read_sheet(path).cells.rows()]
    assert theirs == ours, path


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
