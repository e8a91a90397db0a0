"""The sources of emos import, and what each does with files it cannot use."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from emos.errors import EmosError
from emos.readers import read_source, sources
from emos.tables import Dataset
from xlsx_maker import save_rows

MELD_HEADER = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,"
    "StartTime,EndTime\n"
)


def _votes(path: Path, text: str, **keywords: str) -> Dataset:
    path.write_text(text, encoding="utf-8")
    return read_source("votes", path, **keywords)


def _line(source: str, path: Path, **keywords: str) -> str:
    with pytest.raises(EmosError) as caught:
        read_source(source, path, **keywords)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_source_is_described() -> None:
    assert list(sources()) == ["ch-sims", "emos-release", "layout", "meld", "votes"]
    assert all(source.what for source in sources().values())


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    assert "unknown source 'x'; it is one of ch-sims, emos-release, layout, meld, votes" in _line(
        "x", tmp_path
    )
    assert "unknown repair 'some'" in _line("meld", tmp_path, repair="some")
    assert "source 'meld' takes no layer" in _line("meld", tmp_path, layer="basic7")
    assert "which layout?" in _line("layout", tmp_path)
    assert "no such file or folder" in _line("meld", tmp_path / "none")
    assert "no such file" in _line(str(tmp_path / "none.toml"), tmp_path)


def test_emos_release_without_files(tmp_path: Path) -> None:
    line = _line("emos-release", tmp_path)
    assert f"{tmp_path}: not a copy of the EmoS release (datasets/data-final" in line
    assert "is missing); give its top folder, or get it with emos fetch" in line
    (tmp_path / "datasets/data-final/datasets/ch-simsv2s").mkdir(parents=True)
    line = _line("emos-release", tmp_path)
    assert "0 workbooks of batch first-2499 for 3 annotators (none); check that the folder" in line
    file = tmp_path / "f"
    file.touch()
    assert "not a folder" in _line("emos-release", file)


def test_meld(tmp_path: Path) -> None:
    row = '1,"Oh, hey!",Amy,neutral,neutral,0,3,8,1,"00:16:16,059","00:16:21,731"\n'
    (tmp_path / "dev_sent_emo.csv").write_text(MELD_HEADER + row)
    (tmp_path / "train_sent_emo.csv").write_text(MELD_HEADER + row.replace("neutral,n", "joyful,n"))
    dataset = read_source("meld", tmp_path)
    first, second = dataset.items.rows(named=True)
    assert (first["item_id"], second["item_id"]) == ("meld/train/dia0_utt3", "meld/dev/dia0_utt3")
    assert (first["source_label"], second["source_label"]) == (None, "Neutral")
    (aside,) = dataset.ledger.filter(kind="aside").rows(named=True)
    assert (aside["rule"], aside["before"], aside["cell"]) == ("unknown-label", "joyful", "line 2")
    assert (aside["item_id"], aside["layer"]) == ("meld/train/dia0_utt3", "basic7")
    assert (first["recording"], first["start_s"], first["end_s"]) == ("s08e01", 976.059, 981.731)
    assert (first["group"], first["speaker"], first["split"]) == ("meld/train/dia0", "Amy", "train")
    assert first["transcript"] == "Oh, hey!"
    missing = dataset.ledger.filter(rule="missing-file")
    assert missing["file"].to_list() == ["test_sent_emo.csv"]
    assert not dataset.votes.height
    (tmp_path / "dev_sent_emo.csv").write_text("a,b\n1,2\n")
    line = _line("meld", tmp_path)
    assert "dev_sent_emo.csv" in line
    assert "no column 'Dialogue_ID'; its columns are a, b" in line


def test_meld_missing(tmp_path: Path) -> None:
    assert "none of MELD's label files is here; expected train_sent_emo.csv" in _line(
        "meld", tmp_path
    )


def test_ch_sims(tmp_path: Path) -> None:
    text = "video_id,clip_id,text,label,annotation,mode\nv1,0001,嗯,1,Positive,train\n"
    (tmp_path / "meta.csv").write_text(text, encoding="utf-8")
    dataset = read_source("ch-sims", tmp_path)
    (item,) = dataset.items.rows(named=True)
    assert (item["item_id"], item["group"]) == ("ch-sims-v2/v1/0001", "ch-sims-v2/v1")
    assert (item["transcript"], item["source_label"], item["language"]) == ("嗯", "Positive", "zh")
    other = tmp_path / "label.csv"
    shutil.copy(tmp_path / "meta.csv", other)
    assert read_source("ch-sims", other).items.equals(dataset.items)
    other.write_text("video_id,text\nv1,x\n")
    assert "no column 'clip_id'" in _line("ch-sims", other)
    other.write_bytes(text.encode("gbk"))
    assert "the file is GBK, not UTF-8" in _line("ch-sims", other)
    (tmp_path / "meta.csv").unlink()
    assert "meta.csv: no such file" in _line("ch-sims", tmp_path)


def test_votes_of_an_own_set(tmp_path: Path) -> None:
    text = "task,worker,label,extra\nt1,zoe,cat;dog,1\nt1,al,cat,2\nt2,al,,3\nt2,zoe,nan,4\n"
    dataset = _votes(tmp_path / "v.csv", text)
    assert dataset.info.label_sets == {"label": ("cat", "dog")}
    rows = dataset.votes.select("item_id", "annotator", "layer", "labels", "status", "cell").rows()
    assert rows == [
        ("t1", "A2", "label", ["cat", "dog"], "given", "line 2"),
        ("t1", "A1", "label", ["cat"], "given", "line 3"),
        ("t2", "A1", "label", [], "blank", "line 4"),
        ("t2", "A2", "label", [], "blank", "line 5"),
    ]
    odd = dataset.ledger.filter(rule="no-value")
    assert odd.select("kind", "before", "cell").rows() == [("flagged", "nan", "line 5")]
    assert dataset.items["item_id"].to_list() == ["t1", "t2"]
    assert dataset.label_set("label").multi


def test_votes_find_their_layer(tmp_path: Path) -> None:
    def layer(labels: str, **keywords: str) -> str:
        lines = [f"t{n},w,{label}" for n, label in enumerate(labels.split())]
        text = "\n".join(["task,worker,label", *lines])
        return str(_votes(tmp_path / "v.csv", text, **keywords).votes["layer"][0])

    assert layer("joy Anger fear nuetral") == "basic7"
    assert layer("joy love fear") == "goemotions"
    assert layer("joy;anger fear joy;fear") == "goemotions"
    assert layer("joy hope") == "label"
    assert layer("joyy angr fearr") == "label"  # most are no label as spelled
    assert layer("joy hope", layer="goemotions") == "goemotions"
    assert layer("joy joy", layer="label") == "label"
    assert "unknown label set 'mood'" in _line("votes", tmp_path / "v.csv", layer="mood")


def test_a_set_that_nearly_fits_is_hinted_at(tmp_path: Path) -> None:
    lines = [f"t{n},w,joy" for n in range(30)] + ["t30,w,hope"]
    dataset = _votes(tmp_path / "v.csv", "\n".join(["task,worker,label", *lines]))
    (note,) = dataset.ledger.filter(rule="layer-guess")["note"].to_list()
    assert note.startswith(
        "layer label, guessed: 30 of 31 answers are GoEmotions names, but not 'hope'; "
        "--layer goemotions reads them so, the rest aside"
    )


def _file(labels: list[str]) -> str:
    """One vote by one worker for each label."""
    return "\n".join(["task,worker,label", *(f"t{n},w,{label}" for n, label in enumerate(labels))])


def test_the_guess_of_a_layer_is_always_told(tmp_path: Path) -> None:
    def guess(labels: list[str], **keywords: str) -> str:
        found = _votes(tmp_path / "v.csv", _file(labels), **keywords).ledger
        return " ".join(found.filter(rule="layer-guess")["note"].to_list())

    joy = ["Joy"] * 20
    assert guess(joy) == (
        "layer basic7, guessed: 20 of 20 answers are Basic-7 names; "
        "--layer label keeps all as typed"
    )
    assert "20 of 20 answers are Basic-7 names (1 misspelt)" in guess([*joy[1:], "Joyy", "NA"])
    near = guess([*joy, "Bored", "Tired", "Calm", "Dull"])
    assert near.startswith(
        "layer label, guessed: 20 of 24 answers are Basic-7 names, but not 'Bored', 'Calm', "
    )
    assert "--layer basic7 reads them so" in near
    assert "most answers are neither Basic-7 nor GoEmotions names; its labels are the 2" in guess(
        ["cat", "dog"]
    )
    assert "1 of 1 answer is a Basic-7 name (1 misspelt); --layer basic7" in guess(["angr"])
    assert guess(joy, layer="basic7") == ""


def test_the_document_quotes_what_is_printed(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "votes.md").read_text(encoding="utf-8")
    quoted = " ".join(text.split())
    strangers = ["Bored", "Bored", "Calm", "Calm"]
    for labels in (["Joy", "Anger"] * 75 + ["Joy;Anger"], ["Joy"] * 20 + strangers):
        dataset = _votes(tmp_path / "v.csv", _file(labels))
        (note,) = dataset.ledger.filter(rule="layer-guess")["note"].to_list()
        assert note in quoted


def test_one_cell_of_several_labels_does_not_decide_for_the_file(tmp_path: Path) -> None:
    dataset = _votes(tmp_path / "v.csv", _file(["Joy", "Anger"] * 75 + ["Joy;Anger"]))
    assert dataset.votes["layer"].unique().to_list() == ["basic7"]
    assert dataset.votes["labels"].to_list()[:2] == [["Joy"], ["Anger"]]
    (last,) = dataset.votes.tail(1).rows(named=True)
    assert (last["status"], last["aside"], last["raw"]) == ("blank", ["Joy;Anger"], "Joy;Anger")
    (row,) = dataset.ledger.filter(rule="several-labels").rows(named=True)
    assert (row["kind"], row["cell"], row["before"]) == ("aside", "line 152", "Joy;Anger")
    assert "151 of 151 answers are Basic-7 names (1 with several" in dataset.ledger["note"][0]
    many = _votes(tmp_path / "v.csv", _file(["Joy"] * 9 + ["Joy;Anger"]))
    assert many.votes["layer"].unique().to_list() == ["goemotions"]
    assert "1 of them hold several, which --layer basic7 keeps aside" in many.ledger["note"][0]


@pytest.mark.parametrize("layer", [None, "label"])
def test_own_labels_are_single_unless_several_are_common(tmp_path: Path, layer: str | None) -> None:
    keywords = {"layer": layer} if layer else {}
    dataset = _votes(tmp_path / "v.csv", _file(["cat", "dog"] * 20 + ["cat;dog"]), **keywords)
    assert not dataset.label_set("label").multi
    assert dataset.votes["aside"].to_list()[-1] == ["cat;dog"]
    assert dataset.ledger.filter(rule="several-labels").height == 1
    several = _votes(tmp_path / "v.csv", _file(["cat", "dog", "cat;dog"]), **keywords)
    assert several.label_set("label").multi
    assert several.info.rules["open_label_sets"] == {"label": {"multi": True}}
    dataset.write(tmp_path / "d")
    # Recorded: also where no answer tells, as after dropping some.
    kept = Dataset.load(tmp_path / "d").with_tables(votes=several.votes)
    assert not kept.label_set("label").multi


def test_words_for_no_value_are_no_labels(tmp_path: Path) -> None:
    words = ["NA", "N/A", "None", "null", "NULL", "-", "?", "nan", "NaN", "."]
    for labels in (["Joy", "Anger"], ["joy", "love;joy"], ["cat", "dog"]):
        dataset = _votes(tmp_path / "v.csv", _file([*labels, *words]))
        read = dataset.votes.tail(len(words))
        assert read["status"].to_list() == ["blank"] * len(words)
        assert read["raw"].to_list() == words
        assert read["aside"].list.len().sum() == 0
        assert dataset.ledger.filter(rule="no-value", kind="flagged").height == len(words)
        assert set(dataset.info.label_sets) <= {"basic7", "goemotions", "label"}
        assert not set(words) & {label for s in dataset.info.label_sets.values() for label in s}


def test_a_name_is_a_name_whatever_it_is(tmp_path: Path) -> None:
    text = "task,worker,label\nnull,Nan,Joy\nnull,Ann,Joy\nt2,Nan,Anger\n"
    dataset = _votes(tmp_path / "v.csv", text)
    assert dataset.items["item_id"].to_list() == ["null", "t2"]
    assert dataset.sources["worker A2"] == "Nan"
    odd = dataset.ledger.filter(rule="name-like-no-value")["note"].to_list()
    assert odd == [
        "2 rows of task 'null', called like a missing value",
        "2 rows of worker A2, called like a missing value",
    ]


def test_a_row_that_lost_a_field_or_has_one_too_many(tmp_path: Path) -> None:
    dataset = _votes(tmp_path / "v.csv", "task,worker,label\n1,a,Joy\n2,a\n3,a,\n")
    assert dataset.votes["status"].to_list() == ["given", "blank", "blank"]
    (row,) = dataset.ledger.filter(rule="short-row").rows(named=True)
    assert (row["cell"], row["note"][:8]) == ("line 3", "2 fields")
    path = tmp_path / "v.csv"
    path.write_text("task,worker,label\n1,a,Joy\n2,a,Joy, but sad\n")
    assert "line 3: 4 fields in this row, 3 in the header; put a text that holds a separator" in (
        _line("votes", path)
    )
    path.write_text('task,worker,label\n1,a,"Joy\n2,b,Fear\n')
    assert "line 2: a quotation mark of the row that begins here is never closed" in _line(
        "votes", path
    )
    assert _votes(path, "task,worker,label\n1,a,Joy,\n").votes.height == 1  # nothing is lost


def test_other_sheets_of_a_votes_workbook(tmp_path: Path) -> None:
    path = tmp_path / "v.xlsx"
    save_rows(path, [("task", "worker", "label"), ("1", "w", "Joy")])
    book = openpyxl.load_workbook(path)
    book.create_sheet("notes").append(["what", "why"])
    book.save(path)
    dataset = read_source("votes", path)
    assert dataset.ledger.filter(rule="other-sheet")["note"].to_list() == [
        "only the first sheet was read, not 1 other sheet"
    ]
    book.create_sheet("more").append(["Task", "worker", "label"])
    book.save(path)
    assert "more than one sheet holds votes; put them into one sheet" in _line("votes", path)


def test_blanks_around_a_label_are_in_the_ledger_as_typed(tmp_path: Path) -> None:
    dataset = _votes(tmp_path / "v.csv", _file([" Joy ", "Joy", "cat"]))
    (row,) = dataset.ledger.filter(rule="blanks").rows(named=True)
    assert (row["before"], row["after"], row["cell"]) == (" Joy ", "Joy", "line 2")
    assert dataset.votes["raw"][0] == " Joy "


def test_workers_are_numbered_as_people_count(tmp_path: Path) -> None:
    rows = [f"t1,{worker},a" for worker in ("10", "w2", "1", "w10", "2")]
    dataset = _votes(tmp_path / "v.csv", "\n".join(["task,worker,label", *rows]))
    names = {key: name for key, name in dataset.sources.items() if key.startswith("worker")}
    assert names == {
        "worker A1": "1",
        "worker A2": "2",
        "worker A3": "10",
        "worker A4": "w2",
        "worker A5": "w10",
    }


def test_workers_are_numbered_by_name(tmp_path: Path) -> None:
    rows = ["t1,zoe,a", "t1,al,b", "t2,zoe,b", "t2,al,a"]
    one = _votes(tmp_path / "v.csv", "\n".join(["task,worker,label", *rows]))
    two = _votes(tmp_path / "v.csv", "\n".join(["task,worker,label", *rows[::-1]]))
    assert one.sources == {"votes.csv": "v.csv", "worker A1": "al", "worker A2": "zoe"}
    key = ("item_id", "annotator", "labels")
    assert sorted(one.votes.select(key).rows()) == sorted(two.votes.select(key).rows())
    kept = _votes(tmp_path / "v.csv", "task,worker,label\nt,A2,a\nt,A10,b\n")
    assert kept.votes["annotator"].to_list() == ["A2", "A10"]
    for table in (one.items, one.votes, one.ledger):
        assert "zoe" not in table.write_ndjson()


def test_the_same_table_in_every_format(tmp_path: Path) -> None:
    rows = [("task", "worker", "label"), ("7", "w1", "joy"), ("7", "w2", "Fear")]
    from_csv = _votes(tmp_path / "v.csv", "\n".join(",".join(row) for row in rows))
    save_rows(tmp_path / "v.xlsx", rows)
    numbers = pl.DataFrame({"Task": [7, 7], "worker": ["w1", "w2"], "label": ["joy", "Fear"]})
    numbers.write_parquet(tmp_path / "v.parquet")
    lists = numbers.with_columns(pl.col("label").str.split(";"))
    lists.write_parquet(tmp_path / "l.parquet")
    same = ("item_id", "annotator", "layer", "labels", "status")
    for name in ("v.xlsx", "v.parquet", "l.parquet"):
        other = read_source("votes", tmp_path / name).votes
        assert other.select(same).equals(from_csv.votes.select(same))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("task,worker,label\n", "no votes in it; a row is one worker's answer to a task"),
        ("item,annotator,label\n1,2,joy\n", "no column 'task' or 'worker'; a votes file has task"),
        ("task,worker,label\n1,w,joy\n1,w,fear\n", "line 2 and line 3: task 1 is voted on twice"),
        ("task,worker,label\n1,w,joy\n,w,fear\n", "line 3: no task in this row"),
        ("task,worker,label\n1,w,joy\n2,,fear\n", "line 3: no worker in this row"),
        ("task,worker,label\n1,w,joy\n2,#REF!,fear\n", "line 3: no worker in this row"),
        ("task,task,label\n1,w,joy\n", "columns A, B: 2 columns match 'task'; rename one"),
        ("task,worker,label,Label\n1,w,joy,x\n", "columns C, D: 2 columns match 'label'"),
    ],
)
def test_votes_that_cannot_be_used(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "v.csv"
    path.write_text(text)
    assert expected in _line("votes", path)


def test_votes_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "v.parquet").write_bytes(b"PAR1 no")
    assert "damaged, or not a Parquet file" in _line("votes", tmp_path / "v.parquet")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "v.parquet")
    assert "no column 'task' or 'worker' or 'label'" in _line("votes", tmp_path / "v.parquet")
    nested = pl.DataFrame({"task": [[1]], "worker": ["w"], "label": ["joy"]})
    nested.write_parquet(tmp_path / "v.parquet")
    assert "column 'task' holds List(Int64)" in _line("votes", tmp_path / "v.parquet")
    assert "this is a folder; give the votes file" in _line("votes", tmp_path)
    save_rows(tmp_path / "v.xlsx", [("task", "worker", "label"), ("1", "w", "=1+1")])
    assert "cell C2: a formula stands" in _line("votes", tmp_path / "v.xlsx")


def test_the_same_vote_twice_counts_once(tmp_path: Path) -> None:
    dataset = _votes(tmp_path / "v.csv", "task,worker,label\n1,w,joy\n2,w,joy\n1,w,joy\n")
    assert dataset.votes["item_id"].to_list() == ["1", "2"]
    assert dataset.ledger.filter(rule="repeated-row")["cell"].to_list() == ["line 4"]


def test_not_a_number_in_parquet(tmp_path: Path) -> None:
    table = pl.DataFrame({"task": [1.0, float("nan")], "worker": ["a", "a"], "label": ["x", "y"]})
    table.write_parquet(tmp_path / "v.parquet")
    assert "row 2: no task in this row" in _line("votes", tmp_path / "v.parquet")


def test_a_long_label_is_kept_aside(tmp_path: Path) -> None:
    text = f"task,worker,label\n1,w,{'x' * 200}\n2,w,cat\n"
    dataset = _votes(tmp_path / "v.csv", text)
    assert dataset.votes["status"].to_list() == ["blank", "given"]
    assert dataset.info.label_sets["label"] == ("cat",)
    assert dataset.ledger["rule"].to_list() == ["layer-guess", "long-label"]


def test_all_blank(tmp_path: Path) -> None:
    dataset = _votes(tmp_path / "v.csv", "task,worker,label\n1,w,\n2,w, \n")
    assert dataset.votes["status"].to_list() == ["blank", "blank"]
    assert dataset.info.label_sets == {"label": ()}


@pytest.mark.parametrize("word", ["unsure", "love"])
def test_one_word_does_not_hide_that_answers_are_basic7(tmp_path: Path, word: str) -> None:
    rows = "".join(f"t{n},w{n % 3},{'Joy' if n % 2 else 'Anger'}\n" for n in range(60))
    path = tmp_path / "votes.csv"
    path.write_text(f"task,worker,label\n{rows}t99,w0,{word}\n", encoding="utf-8")
    dataset = read_source("votes", path)
    guess = dataset.ledger.filter(pl.col("rule") == "layer-guess")["note"][0]
    if word == "unsure":  # an answer on every layer
        assert dataset.votes["layer"].unique().to_list() == ["basic7"]
        assert dataset.votes["status"].value_counts().sort("status").rows() == [
            ("given", 60),
            ("unsure", 1),
        ]
    else:
        assert "60 of 61 answers are Basic-7 names: --layer basic7 keeps the rest aside" in guess


def test_a_formula_in_a_csv_file_is_no_label(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("task,worker,label\n1,a,cat\n1,b,dog\n2,a,=1+1\n", encoding="utf-8")
    dataset = read_source("votes", path)
    assert dataset.info.label_sets["label"] == ("cat", "dog")
    assert dataset.votes["status"].to_list() == ["given", "given", "blank"]
    row = dataset.ledger.filter(pl.col("rule") == "formula").row(0, named=True)
    assert (row["kind"], row["before"], row["cell"]) == ("aside", "=1+1", "line 4")
