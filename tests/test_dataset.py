"""A dataset folder: what is written is what is read, and nothing of others is lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.tables import TABLES, Dataset, DatasetInfo, SubsetInfo, conform, empty, signature
from emos.tables.info import info_toml, read_info


def _small(name: str = "small") -> Dataset:
    info = DatasetInfo(
        name,
        languages=("en", "zh"),
        label_sets={"label": ("no", "yes")},
        subsets=(SubsetInfo("s", language="en", licence="CC0"),),
        rules={"correction": {"s/b": "share:emos-first"}},
    )
    votes = pl.DataFrame(
        {"item_id": ["1", "1"], "annotator": ["A1", "A2"], "layer": ["label"] * 2}
    ).with_columns(labels=pl.Series([["yes"], ["no"]]), status=pl.lit("given"))
    items = pl.DataFrame({"item_id": ["1"]})
    return Dataset(info, items=items, votes=votes, sources={"A1.csv": "given name.csv"})


def test_round_trip(tmp_path: Path) -> None:
    dataset = _small()
    dataset.write(tmp_path / "数据 集")
    again = Dataset.load(tmp_path / "数据 集")
    assert again.info == dataset.info
    assert again.sources == dataset.sources
    for name in TABLES:
        assert getattr(again, name).equals(getattr(dataset, name))


def test_a_rewrite_keeps_runs_and_replaces_tables(tmp_path: Path) -> None:
    _small().write(tmp_path / "d")
    (tmp_path / "d" / "runs").mkdir()
    (tmp_path / "d" / "runs" / "note.txt").write_text("mine")
    _small("again").with_tables(votes=empty("votes")).write(tmp_path / "d")
    assert (tmp_path / "d" / "runs" / "note.txt").read_text() == "mine"
    assert Dataset.load(tmp_path / "d").info.name == "again"
    assert Dataset.load(tmp_path / "d").votes.is_empty()
    assert [path.name for path in tmp_path.iterdir()] == ["d"], "nothing is left beside it"


def test_a_foreign_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("years of work")
    with pytest.raises(EmosError, match="not an EmoS dataset"):
        _small().write(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "years of work"


def test_a_failed_write_leaves_the_old_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small("old").write(tmp_path / "d")
    monkeypatch.setattr("emos.tables.dataset.info_toml", lambda info: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _small("new").write(tmp_path / "d")
    assert Dataset.load(tmp_path / "d").info.name == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_what_is_no_dataset_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="no dataset here"):
        Dataset.load(tmp_path)
    (tmp_path / "dataset.toml").write_text("name = ")
    with pytest.raises(EmosError, match="not valid TOML"):
        Dataset.load(tmp_path)
    (tmp_path / "dataset.toml").write_text('name = "x"\nlicense = "MIT"\n')
    with pytest.raises(EmosError, match=r"unknown key 'license'"):
        Dataset.load(tmp_path)
    (tmp_path / "dataset.toml").write_text('name = "x"\nlanguages = 3\n')
    with pytest.raises(EmosError, match="'languages' must be a list of texts"):
        Dataset.load(tmp_path)


def test_a_damaged_table_names_its_file(tmp_path: Path) -> None:
    _small().write(tmp_path / "d")
    (tmp_path / "d" / "votes.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(EmosError, match=r"votes\.parquet: damaged Parquet"):
        Dataset.load(tmp_path / "d")


@pytest.mark.parametrize("name", ["d[1]", "d*"])
def test_a_name_is_no_pattern(tmp_path: Path, name: str) -> None:
    # Polars by itself takes d[1] for d1, d* for every folder that begins with d.
    _small().write(tmp_path / name)
    other = _small()
    other.with_tables(votes=other.votes.head(0)).write(tmp_path / "d1")
    assert Dataset.load(tmp_path / name).votes.equals(_small().votes)


def test_conform_refuses_what_it_does_not_know() -> None:
    with pytest.raises(EmosError, match="no column 'wroker'"):
        conform("votes", pl.DataFrame({"wroker": ["A1"]}))
    with pytest.raises(EmosError, match="'item_id' of table votes holds Int64"):
        conform("votes", pl.DataFrame({"item_id": [1]}))
    frame = conform("votes", pl.DataFrame({"annotator": ["A1"]}))
    assert frame.columns == list(TABLES["votes"])
    assert frame["item_id"].to_list() == [None]


def test_label_sets() -> None:
    dataset = _small()
    assert dataset.label_set("label").labels == ("no", "yes")
    assert not dataset.label_set("label").multi
    assert dataset.label_set("basic7").labels[0] == "Anger"
    with pytest.raises(EmosError, match="unknown label set 'valence'"):
        dataset.label_set("valence")


@given(
    name=st.text(min_size=1),
    labels=st.lists(st.text(), max_size=3, unique=True),
    rules=st.dictionaries(
        st.text().map("own {}".format),  # keys that EmoS knows have forms of their own
        st.one_of(st.text(), st.integers(-9, 9), st.booleans(), st.lists(st.text())),
    ),
)
def test_any_text_survives_dataset_toml(
    tmp_path_factory: pytest.TempPathFactory, name: str, labels: list[str], rules: dict[str, object]
) -> None:
    info = DatasetInfo(name, label_sets={"label": tuple(labels)}, rules=rules)
    path = tmp_path_factory.mktemp("toml") / "dataset.toml"
    try:
        text = info_toml(info).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    path.write_bytes(text)
    assert read_info(path) == info


def test_a_signature_shows_every_parameter_and_changes_with_the_data() -> None:
    votes = _small().votes
    parameters = {"tol": 1e-6, "max_iter": 50, "gold": None, "pool": False, "tiers": (0.9, 0.8)}
    text = signature("dawid-skene", parameters, votes=votes)
    assert text.startswith("dawid-skene|tol=1e-06|max_iter=50|gold=none|pool=false|tiers=0.9/0.8|")
    assert text == signature("dawid-skene", parameters, votes=votes.clone())
    assert text != signature("dawid-skene", parameters, votes=votes.reverse())
    assert text != signature("dawid-skene", parameters | {"max_iter": 51}, votes=votes)
