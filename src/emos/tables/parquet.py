"""Reading one Parquet file, whatever its name."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from emos.errors import EmosError


def read_parquet(
    path: Path,
    *,
    damaged: str = "damaged, or not a Parquet file",
    remedy: str = "write it again",
) -> pl.DataFrame:
    """The table in ``path``; ``damaged`` and ``remedy`` are for the error.

    Raises
    ------
    EmosError : if the file cannot be read or is damaged.
    """
    try:
        # By default Polars takes a name with [1] or * in it for a pattern and reads every file
        # that matches.
        return pl.read_parquet(path, glob=False)
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror or error})", file=path) from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise EmosError(damaged, file=path, remedy=remedy) from error
