"""The command line stays quick to start and ends bad input in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("polars", "numpy", "fastexcel", "altair", "vl_convert", "highspy", "pandas", "sklearn")


def _run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emos", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
    )


@pytest.mark.parametrize(
    "code",
    [
        "import emos",
        "import sys; sys.argv = ['emos', '--help']\n"
        "import emos.cli\n"
        "try:\n    emos.cli.app()\nexcept SystemExit:\n    pass",
    ],
    ids=["import emos", "emos --help"],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    # benchmarks/start_up.py measures the CPU time; this holds what makes it small.
    probe = f"{code}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_version() -> None:
    import emos

    assert _run("--version").stdout == f"emos {emos.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "emos-release", "nowhere", "-o", "out"),
        ("import", "no-such-source", ".", "-o", "out"),
        ("ledger", "nowhere"),
        ("aggregate", "nowhere"),
        ("agreement", "nowhere"),
        ("audit", "nowhere"),
        ("lint", "nowhere"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line_and_status_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = _run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("emos: ")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.iterdir()), "a failed call leaves nothing behind"
