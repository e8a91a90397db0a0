"""Real files, when the caller says where they are; tests that need them skip and say so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from emos.tables import Dataset


# A busy machine is no failure: how long an example took says nothing about the code. CI tries the
# same examples each time, so that a red run is about the change; at a desk they are new ones.
settings.register_profile("emos", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("emos")


def _folder(variable: str, what: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: needs {what}")
    path = Path(value).resolve()
    if not path.is_dir():
        pytest.fail(f"{variable}={value} is not a folder")
    return path


@pytest.fixture(scope="session")
def release_path() -> Path:
    return _folder("EMOS_RELEASE", "the public EmoS release")


@pytest.fixture(scope="session")
def meld_path() -> Path:
    return _folder("EMOS_MELD", "MELD's three label files")


@pytest.fixture(scope="session")
def release(release_path: Path) -> Dataset:
    """The release as imported, with full repair."""
    from emos.readers import read_source

    return read_source("emos-release", release_path)
