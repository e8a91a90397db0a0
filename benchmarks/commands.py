"""Whole commands from start to end, each in a new process: median of 5 runs.

    python benchmarks/commands.py RELEASE

Targets: `emos audit` of the release under 5 s on 2 cores, `emos demo` under 20 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import heading

RUNS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("release", type=Path)
    release = parser.parse_args().release.resolve()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "emos audit RELEASE": ["audit", str(release)],
            "emos import emos-release RELEASE -o D": [
                *("import", "emos-release", str(release)),
                *("-o", "D"),
            ],
            "emos aggregate D": ["aggregate", "D"],
            "emos agreement D": ["agreement", "D"],
            "emos styles D": ["styles", "D"],
            "emos lint RELEASE": ["lint", str(release)],
            "emos demo": ["demo"],
        }
        print(heading("Whole commands", "python benchmarks/commands.py RELEASE"))
        print("| command | wall s, median | min | max | CPU s, median |\n|---|---:|---:|---:|---:|")
        for name, arguments in commands.items():
            runs = [_run(arguments, folder) for _ in range(RUNS)]
            walls, cpus = ([run[place] for run in runs] for place in (0, 1))
            print(
                f"| `{name}` | {statistics.median(walls):.2f} | {min(walls):.2f} | "
                f"{max(walls):.2f} | {statistics.median(cpus):.2f} |"
            )


def _run(arguments: list[str], folder: str) -> tuple[float, float]:
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "emos", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system
    return wall, cpu - before.children_user - before.children_system


if __name__ == "__main__":
    main()
