"""CPU time of ``import emos`` and ``emos --help``, each in a new process, median of 11 runs.

    python benchmarks/start_up.py

The bare interpreter's own start is shown beside them.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

import machine

RUNS = 11
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import emos": ["-c", "import emos"],
    "emos --help": ["-m", "emos", "--help"],
}


def cpu_seconds(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(machine.heading("Start-up", "python benchmarks/start_up.py"))
    print("| command | CPU s, median | min | max |\n|---|---:|---:|---:|")
    for name, arguments in COMMANDS.items():
        cpu_seconds(arguments)  # byte code is written once
        times = [cpu_seconds(arguments) for _ in range(RUNS)]
        print(
            f"| `{name}` | {statistics.median(times):.3f} | {min(times):.3f} | {max(times):.3f} |"
        )


if __name__ == "__main__":
    main()
