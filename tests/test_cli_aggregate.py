"""``emos aggregate``: what it writes, what it prints, and how bad input ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from emos.aggregate.inputs import read_confusion, read_gold
from emos.cli import app
from emos.errors import EmosError
from emos.tables import Dataset
from making_votes import dataset_of

Run = Callable[..., Result]

ROWS = [
    (f"i{n}", f"A{r}", "basic7", label)
    for n, labels in enumerate([("Joy", "Joy", "Anger"), ("Anger",) * 3, ("Joy",) * 3])
    for r, label in enumerate(labels, 1)
] + [(f"i{n}", "A1", "goemotions", fine) for n, fine in enumerate(("joy;love", "anger", "fear"))]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in an empty folder; an `EmosError` is raised, not printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: object, ok: bool = True) -> Result:
        done = CliRunner().invoke(app, ["aggregate", *map(str, arguments)])
        if ok and done.exception is not None:
            raise done.exception
        return done

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "made of votes 数据"
    dataset_of(ROWS).write(place)
    return place


def test_it_writes_into_the_dataset_and_leaves_the_rest(run: Run, folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    before = (folder / "votes.parquet").read_bytes()
    output = run(folder).output
    loaded = Dataset.load(folder)
    assert loaded.labels["label"].to_list() == ["Joy", "Anger", "Joy"]
    assert loaded.soft_labels.height == 3
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "votes.parquet").read_bytes() == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    signature = pl.read_parquet_metadata(folder / "labels.parquet")["emos.signature"]
    assert signature in output
    assert output.rstrip().endswith("Next: emos agreement '" + str(folder) + "'")


def test_what_it_prints(run: Run, folder: Path) -> None:
    output = " ".join(run(folder, "--map", "emos-first", "--bootstrap", "5").output.split())
    for text in ("s/b", "dawid-skene", "high", "Bootstrap over items", "labels moved",
                 "Labels against fine labels", "mean under emos-first; named: ",
                 "3 labels, 3 soft labels", "emos-paper gives the same"):  # fmt: skip
        assert text in output


def test_a_second_run_replaces_stale_tables(run: Run, folder: Path) -> None:
    run(folder)
    dataset = Dataset.load(folder)
    dataset.with_tables(votes=dataset.votes.filter(layer="basic7")).write(folder)
    run(folder)
    assert not (folder / "soft_labels.parquet").exists()
    assert Dataset.load(folder).labels.height == 3


def test_another_place_gets_the_whole_dataset(run: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    dataset_of([("x", "A1", "basic7", "Fear")]).write(other)
    run(folder, "-o", other)
    loaded = Dataset.load(other)
    assert loaded.votes["item_id"].unique().sort().to_list() == ["i0", "i1", "i2"]
    assert loaded.labels.height == 3
    assert not (folder / "labels.parquet").exists()


VOTES = "task,worker,label\n" + "".join(f"{i},{w},{label}\n" for i, w, _, label in ROWS[:9])


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_votes_file(run: Run, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"my votes.{ending}"
    table = pl.read_csv(VOTES.encode())
    if ending == "csv":
        path.write_text(VOTES)
    elif ending == "parquet":
        table.write_parquet(path)
    else:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (table.columns, *table.rows()):
            book.active.append(list(row))
        book.save(path)
    run(path)
    loaded = Dataset.load(tmp_path / "my votes-dataset")
    assert loaded.labels["label"].to_list() == ["Joy", "Anger", "Joy"]
    run(path)  # again, over its own folder


def test_a_votes_files_layer_can_be_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(VOTES)
    run(path, "--layer", "label")
    assert set(Dataset.load(tmp_path / "votes-dataset").labels["layer"]) == {"label"}


def test_models_as_json(run: Run, folder: Path, tmp_path: Path) -> None:
    run(folder, "--json", "models.json", "--map", "emos-first", "--preset", "emos-paper")
    content = json.loads((tmp_path / "models.json").read_text())
    (model,) = content["models"]
    assert content["options"]["max_iter"] == 50
    fit = model["dawid_skene"]
    assert len(fit["log_likelihood"]) == fit["iterations"]
    assert len(fit["confusion"]) == 3 and len(fit["confusion"][0]) == 7
    assert fit["confusion"][0][6] == [None] * 7  # nobody said Surprise: undefined, not zero
    assert model["tiers"] == {"high": 3, "medium": 0, "low": 0, "undefined": 0}
    assert content["consistency"]["rates"][0]["items"] == 3


def test_the_tier_curve_as_csv(run: Run, folder: Path, tmp_path: Path) -> None:
    run(folder, "--tier-curve", "curve.csv")
    curve = pl.read_csv(tmp_path / "curve.csv")
    assert curve.columns == [
        "subset", "batch", "layer", "threshold", "items", "share", "below",
    ]  # fmt: skip
    assert curve.height == 51
    assert curve["items"][0] == 3


def test_gold_and_initial_confusion_files(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("task,label\ni0,Anger\n")
    names = ["Anger", "Disgust", "Fear", "Joy", "Neutral", "Sadness", "Surprise"]
    cells = [f"A1,{t},{g},{0.7 if t == g else 0.05}" for t in names for g in names]
    (tmp_path / "start.csv").write_text("annotator,true,given,probability\n" + "\n".join(cells))
    output = run(folder, "--gold", "gold.csv", "--initial-confusion", "start.csv").output
    row = Dataset.load(folder).labels.row(0, named=True)
    assert (row["label"], row["confidence"], row["reason"]) == ("Anger", 1.0, "gold")
    assert "gold=" in output and "confusion=" in output


def test_a_workers_own_name_reaches_the_initial_confusion(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("task,worker,label\nt1,zoe,x\nt1,bob,y\nt2,zoe,y\nt2,bob,y\n")
    rows = "zoe,x,x,0.9\nzoe,x,y,0.1\nzoe,y,x,0.2\nzoe,y,y,0.8\n"
    (tmp_path / "start.csv").write_text("annotator,true,given,probability\n" + rows)
    run(path, "--initial-confusion", "start.csv", "--max-iter", "1", "--json", "out.json")
    (model,) = json.loads((tmp_path / "out.json").read_text())["models"]
    start = model["dawid_skene"]["confusion"][model["annotators"].index("A2")]
    assert start == [[pytest.approx(0.9), pytest.approx(0.1)],
                     [pytest.approx(0.2), pytest.approx(0.8)]]  # fmt: skip
    assert "zoe" not in (tmp_path / "out.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "no dataset here"),
        (("DATA", "--tiers", "high"), "tier thresholds 'high' are not two numbers"),
        (("DATA", "--map", "nowhere"), "unknown map 'nowhere'"),
        (("DATA", "--preset", "nowhere"), "unknown preset"),
        (("DATA", "--method", "nowhere"), "unknown method"),
        (("DATA", "--gold", "nowhere.csv"), "nowhere.csv: "),
        (("DATA", "--layer", "basic7"), "a dataset knows its layers"),
        (("DATA", "--json", "DATA/dataset.toml/x"), "no such folder"),
        (("DATA", "-o", "DATA/dataset.toml"), "this is a file; -o names a dataset folder"),
        (("DATA", "--tier-curve", "DATA/votes.parquet"), "a file of the dataset itself"),
        (("DATA", "--json", "DATA/dataset.toml"), "a file of the dataset itself"),
        (("DATA", "--json", "."), "this is a folder"),
        (("DATA", "--json", "-", "--tier-curve", "-"), "two outputs in one place"),
        (("DATA", "--gold", "gold.csv", "--json", "gold.csv"), "this is an input"),
        (("DATA", "--gold", "empty.csv"), "no rows in it"),
        (("DATA", "-o", "loop"), "a link leads to itself"),
        (("votes.csv", "--json", "votes.csv", "-o", "new"), "this is an input"),
        (("votes.csv", "--layer", "mood"), "mood"),
        (("DATA", "--method", "majority", "--smoothing", "5"), "no smoothing for method majority"),
        (("DATA", "--method", "majority", "--gold", "gold.csv", "--initial-confusion", "gold.csv"),
         "no column 'annotator'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(
    run: Run, folder: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "gold.csv").write_text("task,label\ni0,Anger\n")
    (tmp_path / "empty.csv").write_text("task,label\n")
    (tmp_path / "votes.csv").write_text(VOTES)
    (tmp_path / "loop").symlink_to("loop")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run(*(a.replace("DATA", str(folder)) for a in arguments), ok=False)
    assert isinstance(done.exception, EmosError)
    assert message in str(done.exception)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert "\n" not in str(done.exception)


def test_a_curve_that_cannot_be_made_leaves_the_labels(run: Run, tmp_path: Path) -> None:
    dataset_of([("i", "A1", "goemotions", "joy")]).write(tmp_path / "fine")
    done = run("fine", "--tier-curve", "curve.csv", ok=False)
    assert "no single-label votes" in str(done.exception)
    assert not (tmp_path / "fine" / "soft_labels.parquet").exists()


@pytest.mark.parametrize(
    ("option", "other"), [("--json", "--tier-curve"), ("--tier-curve", "--json")]
)
def test_a_hyphen_is_standard_output_and_nothing_else_goes_there(
    run: Run, folder: Path, tmp_path: Path, option: str, other: str
) -> None:
    run(folder, option, "one", other, "two")
    two = (tmp_path / "two").read_text()
    assert run(folder, option, "-", other, "two").output == (tmp_path / "one").read_text()
    assert (tmp_path / "two").read_text() == two


def test_output_through_links(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "same").symlink_to(folder)
    (tmp_path / "later").symlink_to("not-yet")
    (tmp_path / "other").symlink_to("there")
    dataset_of([("x", "A1", "basic7", "Fear")]).write(tmp_path / "there")
    inode = (folder / "votes.parquet").stat().st_ino
    for link in ("same", "later", "other"):
        run(folder, "-o", link)
        assert (tmp_path / link).is_symlink()
        assert Dataset.load((tmp_path / link).resolve()).labels.height == 3
    assert (folder / "votes.parquet").stat().st_ino == inode, "only the labels were replaced"


def test_items_without_a_label_are_not_counted_as_labels(run: Run, tmp_path: Path) -> None:
    rows = [*ROWS, ("i3", "A1", "basic7", ""), ("i3", "A1", "goemotions", "")]
    dataset_of(rows).write(tmp_path / "ds")
    output = run("ds").output
    assert "3 labels, 3 soft labels, 1 item without a label, 1 item without a soft label" in output
    assert "s/b: 1 item without a vote, so without a label" in output


def test_batches_of_sets_alone_show_no_empty_table(run: Run, tmp_path: Path) -> None:
    dataset_of([("i", "A1", "goemotions", "joy")]).write(tmp_path / "fine")
    output = run("fine").output
    assert "no single-label votes, so soft labels only" in output
    assert "0 labels, 1 soft label\n" in output
    assert "Models" not in output and "no tier" not in output


def test_a_file_in_the_way_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(VOTES)
    (tmp_path / "votes-dataset").mkdir()
    (tmp_path / "votes-dataset" / "mine.txt").write_text("mine")
    done = run("votes.csv", ok=False)
    assert "is not an EmoS dataset" in str(done.exception)
    assert (tmp_path / "votes-dataset" / "mine.txt").read_text() == "mine"


# --- the files it reads ----------------------------------------------------------------------


def test_gold_from_a_workbook_and_parquet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Label", "Task"], ["Joy", "i0"], ["Fear", "i1"]):
        book.active.append(row)
    book.save(tmp_path / "gold.xlsx")
    assert read_gold(tmp_path / "gold.xlsx").rows() == [("i0", "Joy"), ("i1", "Fear")]
    pl.DataFrame({"item_id": ["i0"], "label": ["Joy"]}).write_parquet(tmp_path / "gold.parquet")
    assert read_gold(tmp_path / "gold.parquet").rows() == [("i0", "Joy")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gold.csv", "task,answer\ni0,Joy\n", "no column 'label'; its columns are task, answer"),
        ("gold.csv", "task,label\ni0,\n", "a row has no label"),
        ("gold.csv", "", "empty"),
        ("gold.parquet", "no parquet", "no readable Parquet file"),
        ("gold.xlsx", "no workbook", "gold.xlsx"),
    ],
)
def test_gold_that_cannot_be_read(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(EmosError, match=message):
        read_gold(tmp_path / name)


@pytest.mark.parametrize("probability", ["much", "nan", "inf"])
def test_a_probability_that_is_no_number(tmp_path: Path, probability: str) -> None:
    path = tmp_path / "start.csv"
    path.write_text(f"annotator,true,given,probability\nA1,a,a,{probability}\n")
    with pytest.raises(EmosError, match=f"probability '{probability}' is no number"):
        read_confusion(path)


def test_the_release(run: Run, release: Dataset, tmp_path: Path) -> None:
    release.write(tmp_path / "emos")
    output = run("emos", "--preset", "emos-paper").output
    rows = {
        line.split()[0]: line.split()[1:] for line in reversed(output.splitlines()) if line.strip()
    }
    assert rows["ch-sims-v2/first-2499"][:4] == ["2,499", "1,702", "496", "301"]
    assert rows["ch-sims-v2/latter-1904"][:4] == ["1,904", "1,670", "122", "112"]
    loaded = Dataset.load(tmp_path / "emos")
    assert loaded.labels.height == loaded.soft_labels.height == 9403
    assert "3 labels and 11 tiers differ" in " ".join(output.split())
