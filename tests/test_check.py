"""A dataset folder that was edited by hand is refused where a number would be wrong in silence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from emos.errors import EmosError
from emos.tables import Dataset, DatasetInfo

VOTES = pl.DataFrame(
    {
        "item_id": ["1", "1", "2"],
        "annotator": ["A1", "A2", "A1"],
        "layer": ["label"] * 3,
        "labels": [["yes"], ["no"], []],
        "status": ["given", "given", "blank"],
    },
    schema_overrides={"labels": pl.List(pl.String)},
)
ITEMS = pl.DataFrame({"item_id": ["1", "2"]})


def _folder(tmp_path: Path, votes: pl.DataFrame = VOTES, items: pl.DataFrame = ITEMS) -> Path:
    info = DatasetInfo("hand made", label_sets={"label": ("no", "yes")})
    Dataset(info, items=ITEMS, votes=VOTES).write(tmp_path / "d")
    votes.write_parquet(tmp_path / "d" / "votes.parquet")
    items.write_parquet(tmp_path / "d" / "items.parquet")
    return tmp_path / "d"


def test_a_sound_folder_loads(tmp_path: Path) -> None:
    assert Dataset.load(_folder(tmp_path)).votes.height == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            pl.lit("foo").alias("status"),
            "A1 on 1 has a status that is none of given, blank, unsure",
        ),
        (pl.lit("blank").alias("status"), "A1 on 1 is blank and has labels"),
        (pl.lit("given").alias("status"), "A1 on 2 has no label and is not blank"),
        (pl.lit("gone").alias("item_id"), r"on an item that is not in the items table \(2 more\)"),
        (pl.lit("mood").alias("layer"), "no label set for layer 'mood'"),
        (pl.lit(None, dtype=pl.String).alias("layer"), "row 1 has no layer"),
        (
            pl.when(pl.col("annotator") == "A2").then("item_id").alias("item_id"),
            "row 1 has no item_id",
        ),
        (
            pl.when(pl.col("status") == "given").then(pl.lit(["bored"])).otherwise("labels"),
            "label 'bored' outside label",
        ),
    ],
)
def test_votes_that_contradict_themselves(tmp_path: Path, change: pl.Expr, message: str) -> None:
    if change.meta.output_name() == "literal":
        change = change.alias("labels")
    folder = _folder(tmp_path, votes=VOTES.with_columns(change))
    with pytest.raises(EmosError, match=message) as caught:
        Dataset.load(folder)
    assert "votes.parquet" in str(caught.value)


@pytest.mark.parametrize("column", ["item_id", "annotator", "layer", "labels", "status"])
def test_a_missing_column_is_not_taken_for_nulls(tmp_path: Path, column: str) -> None:
    folder = _folder(tmp_path, votes=VOTES.drop(column))
    with pytest.raises(EmosError, match=rf"votes\.parquet: column '{column}' is missing"):
        Dataset.load(folder)


def test_items_are_one_of_a_kind_and_there(tmp_path: Path) -> None:
    folder = _folder(tmp_path, items=pl.concat([ITEMS, ITEMS]))
    with pytest.raises(EmosError, match=r"items\.parquet: item 1 stands there twice"):
        Dataset.load(folder)
    (folder / "items.parquet").unlink()
    with pytest.raises(EmosError, match="not in the items table"):
        Dataset.load(folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("label_sets = 3", "'label_sets' must be a table of lists"),
        ("label_sets = { label = ['a', 'a'] }", "'label_sets' must be a table of lists"),
        ("rules = []", "'rules' must be a table"),
        ("rules = { correction = 3 }", "'rules' must be a table; its 'correction'"),
        ("subsets = [3]", "'subsets' must be a list of tables"),
        ("subsets = [{ name = 'x', colour = 'red' }]", "'subsets' must be a list of tables"),
        ("repair = 'maybe'", "'repair' must be 'full' or 'drop'"),
        ("version = 1", "'version' must be a text"),
    ],
)
def test_dataset_toml_of_another_form(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "dataset.toml").write_text(f"name = 'x'\n{line}\n")
    with pytest.raises(EmosError, match=message):
        Dataset.load(tmp_path)


def test_sources_toml_of_another_form(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "sources.toml").write_text("files = 3\n")
    with pytest.raises(EmosError, match=r"sources\.toml: 'files' must be a table of texts"):
        Dataset.load(folder)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    dataset = Dataset.load(_folder(tmp_path))
    (tmp_path / "file").write_text("mine")
    with pytest.raises(EmosError, match="this is a file"):
        dataset.write(tmp_path / "file")
    with pytest.raises(EmosError, match="cannot be written"):
        dataset.write(tmp_path / "file" / "below")
    with pytest.raises(EmosError, match="cannot be written"):
        dataset.write(tmp_path / ("n" * 300))
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "file"]


def test_a_link_to_a_dataset_stays_a_link(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (tmp_path / "link").symlink_to(folder)
    Dataset.load(folder).with_tables(votes=VOTES.head(1)).write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert Dataset.load(folder).votes.height == 1
