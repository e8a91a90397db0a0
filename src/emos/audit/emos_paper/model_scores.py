"""Table 7 as scores of models, and printed cells as evidence for one another.

The outputs of the models are not in the release: nothing in Tables 7, 8, 12 and 13 can be
recomputed. What can be checked is whether their printed values may belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import polars as pl

from emos.audit import Cell, Printed, Table, read_table
from emos.audit.feasibility import ClassScores, ModelScores

CLASSES = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
MODELS = ("gemini-3", "qwen-3", "qwen-3-ft", "qwen-2.5", "emotionllama")
CLIPS = 800  # of the high-confidence subset, Table 7's caption
NO_OUTPUTS = "The models' outputs are not released"
NO_SHARES = "No class shares as printed in the caption sum to 1."

Frame = Callable[[], pl.DataFrame]


@cache
def printed_table(number: str) -> Table:
    """The printed values of another table of this paper."""
    return read_table(Path(__file__).with_name(f"table_{number}.toml"))


def number(printed: Printed) -> Fraction:
    """The printed number itself."""
    if printed.number is None:
        raise ValueError(f"{printed.text!r} is no number")
    return printed.number


def model_scores(table: Table, model: str) -> ModelScores:
    """A model's column of Table 7."""
    return ModelScores(
        model=model,
        classes={
            label: ClassScores(
                *(table.printed(f"{label}-{score}", model) for score in ["p", "r", "f1"])
            )
            for label in CLASSES
        },
        accuracy=table.printed("accuracy", model),
        macro_f1=table.printed("macro-f1", model),
        weighted_f1=table.printed("weighted-f1", model),
    )


def class_shares(table: Table) -> dict[str, Printed]:
    """The class shares of Table 7's caption, in percent."""
    return {label: table.printed(f"share-{label}", "caption") for label in CLASSES}


def printed_cells(table: Table, places: Iterable[tuple[str, str]]) -> Frame:
    """The printed values that a cell was checked against, each with what it may stand for."""
    chosen = tuple(places)

    def frame() -> pl.DataFrame:
        rows = []
        for row, column in chosen:
            printed = table.printed(row, column)
            rows.append(
                {
                    "key": table.key(row, column),
                    "row": table.rows[row],
                    "column": table.columns[column],
                    "printed": printed.text,
                    "at least": float(printed.low),
                    "at most": float(printed.high),
                }
            )
        return pl.DataFrame(rows)

    return frame


def repeated(
    table: Table, place: tuple[str, str], source: str, found: tuple[str, str], *, scale: int = 1
) -> Cell:
    """A figure of the text that repeats a cell of Table ``source``.

    ``scale`` is 100 where the text prints as a percentage what the table prints as a share.
    """
    origin = printed_table(source)
    value = number(origin.printed(*found)) * scale
    rule = (
        f"Table {source} prints {origin.printed(*found).text} ({origin.key(*found)}); the models' "
        "outputs are not released, so the text is checked against the table only."
    )
    return table.cell(*place, value, rule, items=printed_cells(origin, [found]))
