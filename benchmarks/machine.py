"""The line that says where and when a benchmark ran."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

import emos


def heading(title: str, command: str, *libraries: str) -> str:
    """Markdown heading, command, machine, date and versions of what was measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in libraries]
    where = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"
    return (
        f"## {title}\n\n`{command}`\n\n"
        f"{where}; Python {platform.python_version()}; emos {emos.__version__}"
        f"{''.join('; ' + version for version in versions)}; "
        f"{datetime.date.today().isoformat()}.\n"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
