"""The command line stays quick to start and ends bad input in one line."""

from __future__ import annotations

import os
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
        ("styles", "nowhere"),
        ("score", "nowhere", "predictions.jsonl"),
        ("compare", "nowhere", "run", "run"),
        ("audit", "nowhere"),
        ("report", "nowhere"),
        ("report", "nowhere", "-o", "page.pdf"),
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audt",), "No such command 'audt'. Did you mean 'audit'?"),
        (("agreement",), "Missing argument"),
        (("agreement", "d", "--replicates", "many"), "Invalid value for '--replicates'"),
        (("agreement", "d", "--no-such"), "No such option: --no-such"),
    ],
    ids=str,
)
def test_a_slip_of_usage_is_one_line_too(arguments: tuple[str, ...], said: str) -> None:
    done = _run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert "--help" in done.stderr


def test_without_a_command_the_help_is_shown() -> None:
    done = _run()
    assert done.returncode == 0
    assert "agreement" in done.stdout


def test_a_pipe_closed_early_is_no_failure() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m emos --help | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "emos", "--help"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr.startswith("emos: No space left on device")
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    code = (
        "import emos.cli, emos.__main__\n"
        "def stop(*a, **k):\n    raise KeyboardInterrupt\n"
        "emos.cli.app = stop\n"
        "emos.__main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130
    assert done.stderr == "emos: stopped; run the same command again\n"


def test_a_fault_of_ours_is_one_line_unless_asked_for_more() -> None:
    code = (
        "import emos.cli, emos.__main__\n"
        "def fail(*a, **k):\n    raise ZeroDivisionError('of zero')\n"
        "emos.cli.app = fail\n"
        "emos.__main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("emos: internal error: ZeroDivisionError: of zero; please report")
    assert len(done.stderr.splitlines()) == 1
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"EMOS_TRACEBACK": "1", "PATH": ""},
    )
    assert "Traceback" in done.stderr


def test_what_is_piped_is_not_wrapped() -> None:
    code = "from emos.cli import show; show.note('word ' * 60)"
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert len(done.stdout.splitlines()) == 1
