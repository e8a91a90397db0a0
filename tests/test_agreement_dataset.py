"""Agreement of whole datasets: groups, blank policies, intervals, warnings, the command."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from emos.agreement import (
    Agreement,
    cohen_kappa,
    compare_rows,
    fleiss_kappa,
    krippendorff_alpha,
    label_kappa,
    measure_agreement,
    outside_batch_votes,
)
from emos.agreement.measure import all_measures
from emos.agreement.report import group_table
from emos.cli import app
from emos.errors import EmosError
from emos.tables import Dataset, DatasetInfo

Answer = str | None  # labels separated by ";", "" for a blank, None for not asked


def votes(
    rows: list[list[Answer]], *, layer: str = "label", subset: str = "s", batch: str = "b"
) -> pl.DataFrame:
    """Votes from a table of items x annotators A1, A2, ..."""
    return pl.DataFrame(
        [
            {
                "item_id": f"{batch}/{item}",
                "annotator": f"A{person}",
                "subset": subset,
                "batch": batch,
                "layer": layer,
                "labels": answer.split(";") if answer else [],
                "status": "given" if answer else "blank",
            }
            for item, row in enumerate(rows)
            for person, answer in enumerate(row, start=1)
            if answer is not None
        ],
        schema_overrides={"labels": pl.List(pl.String)},
    )


def dataset(*tables: pl.DataFrame) -> Dataset:
    every = pl.concat(tables)
    found = every.explode("labels").drop_nulls("labels").unique(["layer", "labels"]).sort("labels")
    sets = {layer: tuple(part["labels"]) for (layer,), part in found.group_by("layer")}
    items = every.select("item_id", "subset", "batch").unique("item_id", maintain_order=True)
    return Dataset(DatasetInfo("test", label_sets=sets), items=items, votes=every)


def codes(rows: list[list[Answer]]) -> np.ndarray:
    """Answer codes, -1 for blank or not asked."""
    answers = sorted({a for row in rows for a in row if a})
    return np.array([[answers.index(a) if a else -1 for a in row] for row in rows])


def counts(rows: list[list[Answer]]) -> np.ndarray:
    table = codes(rows)
    return np.stack([(table == k).sum(axis=1) for k in range(table.max() + 1)], axis=1)


BLANKS: list[list[Answer]] = [
    ["cat", "cat", "cat"],
    ["cat", "dog", "cat"],
    ["dog", "dog", ""],
    ["", "", "cat"],
    ["", "", ""],
    ["dog", "cow", "dog"],
]


@pytest.fixture(scope="module")
def blanks() -> Agreement:
    return measure_agreement(dataset(votes(BLANKS)), replicates=200)


def test_skip_leaves_blanks_out(blanks: Agreement) -> None:
    assert blanks.value("fleiss-kappa") == pytest.approx(fleiss_kappa(counts(BLANKS)).value)
    alpha = krippendorff_alpha(codes(BLANKS)).value
    assert blanks.value("krippendorff-alpha") == pytest.approx(alpha)
    a, b, _ = codes(BLANKS).T
    assert blanks.value("cohen-kappa", who="A1-A2") == pytest.approx(cohen_kappa(a, b).value)
    assert blanks.value("exact-match") == pytest.approx(2 / 4)
    yes = (codes(BLANKS) == 0).sum(axis=1)
    size = (codes(BLANKS) >= 0).sum(axis=1)
    cat = blanks.value("label-kappa", label="cat")
    assert cat == pytest.approx(label_kappa(yes, size).value)


def test_agree_makes_blank_an_answer_of_its_own(blanks: Agreement) -> None:
    filled: list[list[Answer]] = [[answer or "blank" for answer in row] for row in BLANKS]
    at = {"policy": "agree"}
    assert blanks.value("exact-match", **at) == pytest.approx(2 / 6)
    assert blanks.value("exact-match", who="A1-A2", **at) == pytest.approx(4 / 6)
    assert blanks.value("fleiss-kappa", **at) == pytest.approx(fleiss_kappa(counts(filled)).value)
    alpha = krippendorff_alpha(codes(filled)).value
    assert blanks.value("krippendorff-alpha", **at) == pytest.approx(alpha)


def test_listwise_keeps_complete_items(blanks: Agreement) -> None:
    complete = [row for row in BLANKS if all(row)]
    at = {"policy": "listwise"}
    kappa = fleiss_kappa(counts(complete)).value
    assert blanks.value("fleiss-kappa", **at) == pytest.approx(kappa)
    assert blanks.value("exact-match", **at) == pytest.approx(1 / 3)
    rows = blanks.table.filter(pl.col("policy") == "listwise")
    assert set(rows["items"]) == {3}


def test_blanks_are_warned_of_with_both_figures(blanks: Agreement) -> None:
    (warning,) = blanks.warnings
    assert (warning.rows, warning.blank_rows, warning.blank_for_all) == (6, 3, 1)
    figure = next(f for f in warning.figures if f.measure == "exact-match" and f.who == "all")
    assert (figure.skip, figure.agree) == pytest.approx((1 / 2, 1 / 3))
    line = str(warning)
    assert "3 of 6 rows hold a blank (1 blank for all)" in line
    assert "exact-match 0.500 -> 0.333" in line
    changes = [abs(f.skip - f.agree) for f in warning.figures]
    assert changes == sorted(changes, reverse=True) and min(changes) > 0


def test_the_warning_stands_whatever_policies_are_shown() -> None:
    result = measure_agreement(dataset(votes(BLANKS)), policies=["listwise"], replicates=0)
    assert set(result.table["policy"]) == {"listwise"}
    assert result.warnings == measure_agreement(dataset(votes(BLANKS)), replicates=0).warnings


def test_without_blanks_policies_are_the_same_and_nobody_is_warned() -> None:
    result = measure_agreement(dataset(votes([["x", "y"], ["y", "y"]])), replicates=50)
    assert not result.warnings
    by_policy = [
        frame.drop("policy") for frame in result.table.partition_by("policy", maintain_order=True)
    ]
    assert len(by_policy) == 3
    assert all(frame.equals(by_policy[0]) for frame in by_policy)


def test_not_asked_is_not_blank() -> None:
    rows: list[list[Answer]] = [["x", "x", None], [None, "y", "y"], ["y", None, "x"]]
    result = measure_agreement(dataset(votes(rows)), replicates=0)
    assert not result.warnings
    for policy in ("skip", "agree", "listwise"):
        assert result.value("exact-match", policy=policy) == pytest.approx(2 / 3)
        assert result.value("cohen-kappa", who="A1-A2", policy=policy) != 0  # one item: undefined
    reason = result.table.filter(pl.col("who") == "A1-A2", pl.col("measure") == "cohen-kappa")
    assert set(reason["reason"]) == {"only one label was given, so chance agreement is 1"}


def test_every_batch_and_layer_is_a_group_of_its_own() -> None:
    data = dataset(
        votes([["x", "x"], ["x", "y"]], batch="b10"),
        votes([["x", "y"], ["y", "x"]], batch="b2"),
        votes([["Joy", "Joy"], ["Fear", "Fear"]], layer="basic7", batch="b2"),
    )
    result = measure_agreement(data, replicates=0)
    found = result.groups.select("batch", "layer").rows()
    assert found == [("b2", "basic7"), ("b2", "label"), ("b10", "label")]
    assert result.value("exact-match", batch="b10") == 0.5
    assert result.value("exact-match", batch="b2", layer="label") == 0.0
    assert result.value("fleiss-kappa", batch="b2", layer="basic7") == 1.0
    only = measure_agreement(data, layers=["basic7"], replicates=0)
    assert only.table.equals(result.table.filter(pl.col("layer") == "basic7"))


def test_sets_are_compared_whatever_their_order() -> None:
    rows: list[list[Answer]] = [["x;y", "y;x"], ["x", "x;y"], ["x;y", "y;z"]]
    result = measure_agreement(dataset(votes(rows)), replicates=0)
    assert result.value("exact-match") == pytest.approx(1 / 3)
    assert result.value("jaccard") == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert result.value("jaccard", who="A1-A2") == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert result.value("label-positive-agreement", label="x") == pytest.approx(4 / 5)
    measures = set(result.table["measure"])
    assert measures == {measure.name for measure in all_measures()}


def test_measures_of_sets_are_left_out_for_single_labels(blanks: Agreement) -> None:
    left_out = {measure.name for measure in all_measures() if measure.sets_only}
    assert left_out == {"jaccard", "krippendorff-alpha-jaccard", "krippendorff-alpha-masi"}
    assert not left_out & set(blanks.table["measure"])


def test_unsure_is_a_label_or_left_out() -> None:
    rows: list[list[Answer]] = [
        ["unsure", "unsure"],
        ["joy;unsure", "joy"],
        ["joy", "fear"],
        ["fear", "fear"],
    ]
    data = dataset(votes(rows, layer="goemotions"))
    counted = measure_agreement(data, replicates=0)
    assert counted.value("exact-match") == pytest.approx(2 / 4)
    assert "unsure counts as a label like another" in counted.notes
    left = measure_agreement(data, unsure="leave-out", replicates=0)
    assert left.value("exact-match") == pytest.approx(2 / 3)
    assert left.value("exact-match", policy="agree") == pytest.approx(2 / 3)
    assert left.groups["left_out"].to_list() == [2]
    assert "unsure" not in left.table["label"]
    assert not left.warnings
    assert counted.signature != left.signature


def test_a_vote_nothing_could_be_read_in_is_blank() -> None:
    frame = votes([["x", "x"], ["y", "x"]]).with_columns(
        labels=pl.when(pl.int_range(4) == 3).then(None).otherwise(pl.col("labels"))
    )
    result = measure_agreement(dataset(frame), replicates=0)
    assert result.groups["blank"].to_list() == [1]
    assert result.value("exact-match") == 1.0


def test_one_annotator_is_undefined_and_said_so() -> None:
    result = measure_agreement(dataset(votes([["x"], ["y"]])), replicates=20)
    assert result.table["value"].is_nan().all()
    assert result.table["low"].is_nan().all()
    assert set(result.table["reason"]) == {"only one annotator"}


def test_every_undefined_figure_has_a_reason() -> None:
    rows: list[list[Answer]] = [["x", "x", ""], ["x", "x", None], ["", "", None], ["x", "x", None]]
    table = measure_agreement(dataset(votes(rows, layer="basic7")), replicates=30).table
    undefined = table.filter(pl.col("value").is_nan())
    assert undefined.height and undefined["reason"].null_count() == 0
    defined = table.filter(pl.col("value").is_not_nan(), pl.col("reason").is_not_null())
    assert all("resamples" in reason for reason in defined["reason"])


def test_many_pairs_are_left_out_and_said_so() -> None:
    rows: list[list[Answer]] = [["x"] * 12, ["x", "y"] * 6]
    all_pairs = measure_agreement(dataset(votes(rows)), replicates=0)
    kappas = all_pairs.table.filter(pl.col("measure") == "cohen-kappa", pl.col("policy") == "skip")
    assert kappas.height == 66
    assert kappas["who"].to_list()[:3] == ["A1-A2", "A1-A3", "A1-A4"]  # A2 before A10
    few = measure_agreement(dataset(votes(rows)), replicates=10, max_pairs=65)
    assert set(few.table["who"]) == {"all"}
    assert any("66 pairs" in note for note in few.notes)
    assert few.value("fleiss-kappa") == all_pairs.value("fleiss-kappa")


def test_when_everything_is_blank_nothing_is_defined() -> None:
    result = measure_agreement(dataset(votes([["", ""], ["", ""]])), replicates=20)
    skip = result.table.filter(pl.col("policy") == "skip")
    assert skip["value"].is_nan().all()
    assert set(skip["reason"]) == {"no item has two answers", "no item was answered by both"}
    assert result.value("exact-match", policy="agree") == 1.0
    (warning,) = result.warnings
    assert "exact-match undefined -> 1.000" in str(warning)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"policies": ["ignore"]},
            "unknown blank policy 'ignore'; known are skip, agree, listwise",
        ),
        ({"policies": []}, "no blank policy"),
        ({"layers": ["mood"]}, "no votes on layer 'mood'; layers: label"),
        ({"unsure": "maybe"}, "unsure='maybe'"),
        ({"replicates": -1}, "replicates is -1; use 0, or a whole number from 2"),
        ({"replicates": 1}, "replicates is 1; use 0, or a whole number from 2"),
        ({"replicates": 2.5}, "replicates is 2.5"),
        ({"replicates": True}, "replicates is True"),
        ({"seed": -1}, "seed is -1"),
        ({"max_pairs": "all"}, "max_pairs is 'all'"),
        ({"confidence": 1.0}, "not between 0 and 1"),
        ({"confidence": "high"}, "confidence 'high' is not between 0 and 1"),
        ({"policies": "none"}, "unknown blank policy 'none'"),
    ],
)
def test_mistakes_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(EmosError, match=words.replace("(", r"\(")):
        measure_agreement(dataset(votes([["x", "y"]])), **options)  # type: ignore[arg-type]


def test_a_policy_or_layer_counts_once_and_needs_no_list() -> None:
    data = dataset(votes(BLANKS))
    once = measure_agreement(data, policies=["skip"], layers=["label"], replicates=0)
    for policies, layers in (("skip", "label"), (["skip", "skip"], ["label", "label"])):
        again = measure_agreement(data, policies=policies, layers=layers, replicates=0)
        assert again.table.equals(once.table) and again.signature == once.signature
    rows = compare_rows(votes(BLANKS), ["b/0"], policies="skip")
    assert set(rows.table["policy"]) == {"skip"}


def test_a_folder_or_a_votes_file_stands_for_its_dataset(votes_file: Path, tmp_path: Path) -> None:
    data = dataset(votes(BLANKS))
    data.write(tmp_path / "ds")
    asked = measure_agreement(data, replicates=0).value("fleiss-kappa")
    for given in (tmp_path / "ds", str(tmp_path / "ds"), votes_file, str(votes_file)):
        assert measure_agreement(given, replicates=0).value("fleiss-kappa") == asked
    with pytest.raises(EmosError, match="no dataset here"):
        measure_agreement("nowhere")
    with pytest.raises(EmosError, match="DataFrame is no dataset"):
        measure_agreement(votes(BLANKS))  # type: ignore[arg-type]


def test_numbers_and_their_nouns_agree() -> None:
    frame = votes([["", "x"]])
    result = measure_agreement(dataset(frame), replicates=0)
    assert "1 of 1 row holds a blank" in str(result.warnings[0])
    assert group_table(result, result.groups.row(0, named=True)).title.startswith(
        "s/b, label: 1 item by A1, A2; 1 of 2 answers blank"
    )


def test_two_votes_by_one_annotator_are_refused() -> None:
    frame = votes([["x", "y"]])
    with pytest.raises(EmosError, match="A1 voted twice on item b/0"):
        measure_agreement(dataset(frame, frame.head(1)))
    first, second = (
        frame.head(1).with_columns(file=pl.lit("a.csv"), cell=pl.lit(cell)) for cell in ("C7", "C9")
    )
    with pytest.raises(EmosError, match=r"a\.csv, C9: A1 voted twice on item b/0"):
        measure_agreement(dataset(first, second))


def test_no_votes_are_refused() -> None:
    with pytest.raises(EmosError, match="no votes"):
        measure_agreement(Dataset(DatasetInfo("empty")))


def test_a_figure_is_found_or_refused(blanks: Agreement) -> None:
    with pytest.raises(EmosError, match="0 figures"):
        blanks.value("fleiss-kappa", layer="basic7")
    with pytest.raises(EmosError, match="3 figures"):
        blanks.value("label-kappa")


def test_the_signature_names_every_option_and_the_votes() -> None:
    data = dataset(votes(BLANKS))
    base = measure_agreement(data, replicates=10)
    assert measure_agreement(data, replicates=10).signature == base.signature
    for change in ({"seed": 1}, {"confidence": 0.9}, {"policies": ["skip"]}, {"max_pairs": 1}):
        other = measure_agreement(data, **{"replicates": 10} | change)  # type: ignore[arg-type]
        assert other.signature != base.signature
    fewer = dataset(votes(BLANKS[:-1]))
    assert measure_agreement(fewer, replicates=10).signature != base.signature


def test_rows_of_a_sheet_count_rows_nobody_was_asked_about() -> None:
    asked: list[list[Answer]] = [["x", "x"], ["x", "y"], ["y", "y"], ["x;y", "y"]]
    frame = votes(asked)
    extra = frame.head(1).with_columns(item_id=pl.lit("elsewhere"))
    rows = [None, "elsewhere", "b/0", "b/1", "b/2", "b/3", None, "unknown"]
    result = compare_rows(frame, rows, extra=extra)
    group = result.groups.row(0, named=True)
    assert (group["items"], group["blank_rows"], group["blank_for_all"]) == (8, 4, 3)
    assert result.value("exact-match") == pytest.approx(2 / 4)
    assert result.value("exact-match", policy="agree") == pytest.approx(5 / 8)
    assert result.value("jaccard", policy="agree", who="A1-A2") == pytest.approx(5.5 / 8)
    assert result.signature == compare_rows(frame, rows, extra=extra).signature


def test_no_rows_compare_to_nothing() -> None:
    result = compare_rows(votes([["x", "x"]]), [], replicates=10)
    assert math.isnan(result.value("exact-match"))
    with pytest.raises(EmosError, match="votes of 0 layers"):
        compare_rows(votes([["x", "x"]]).clear(), ["b/0"])


# --- the command


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["agreement", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def votes_file(tmp_path: Path) -> Path:
    path = tmp_path / "meine 投票.csv"
    lines = ["task,worker,label"]
    for item, row in enumerate(BLANKS):
        lines += [f"t{item},w{place},{answer}" for place, answer in enumerate(row)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_command_reads_a_votes_file(votes_file: Path) -> None:
    output = _run(str(votes_file), "--replicates", "50")
    assert "6 of 18 answers blank" in output
    for words in ("skip", "agree", "listwise", "95% interval", "Fleiss' kappa", "A1-A2"):
        assert words in output
    assert "3 of 6 rows hold a blank (1 blank for all)" in " ".join(output.split())
    assert "emos aggregate" in output and "seed=12345" in output


def test_the_command_reads_a_dataset(tmp_path: Path) -> None:
    dataset(votes(BLANKS)).write(tmp_path / "ds")
    output = _run(str(tmp_path / "ds"), "--policy", "agree", "--replicates", "0", "--labels")
    assert "Positive agreement on a label cow" in output
    assert "listwise" not in output.splitlines()[1] and "interval" not in output


def test_of_many_pairs_the_command_shows_the_ends(tmp_path: Path) -> None:
    rows: list[list[Answer]] = [["x"] * 7, ["y"] * 6 + ["x"], ["x"] * 5 + ["y"] * 2]
    dataset(votes(rows)).write(tmp_path / "ds")
    result = measure_agreement(dataset(votes(rows)), replicates=0)
    kappas = result.table.filter(pl.col("measure") == "cohen-kappa", pl.col("policy") == "skip")
    output = _run(str(tmp_path / "ds"), "--replicates", "0")
    lines = [line.split() for line in output.splitlines() if line.startswith("Cohen's kappa")]
    assert len(lines) == 2 and kappas.height == 21
    assert [float(line[-2]) for line in lines] == pytest.approx(
        [kappas["value"].min(), kappas["value"].max()], abs=5e-4
    )
    assert "lowest of 21" in output and "highest of 21" in output


def test_the_command_writes_json_and_csv(votes_file: Path, tmp_path: Path) -> None:
    as_json, as_csv = tmp_path / "a.json", tmp_path / "a.csv"
    _run(str(votes_file), "--replicates", "0", "--json", str(as_json), "--csv", str(as_csv))
    told = json.loads(as_json.read_text(encoding="utf-8"))
    rows = list(csv.DictReader(as_csv.open(encoding="utf-8")))
    assert len(told["figures"]) == len(rows)
    assert {"subset", "batch", "layer", "policy", "measure", "who", "label"} < set(rows[0])
    assert "NaN" not in as_json.read_text(encoding="utf-8") + as_csv.read_text(encoding="utf-8")
    found = next(f for f in told["figures"] if f["measure"] == "exact-match" and f["who"] == "all")
    assert found["value"] == pytest.approx(0.5) and found["low"] is None
    assert told["warnings"][0]["blank_for_all"] == 1
    assert json.loads(_run(str(votes_file), "--replicates", "0", "--json", "-")) == told


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_a_hyphen_is_standard_output_and_nothing_else_goes_there(
    votes_file: Path, tmp_path: Path, option: str
) -> None:
    files = {"--json": tmp_path / "a.json", "--csv": tmp_path / "a.csv"}
    both = [str(part) for pair in files.items() for part in pair]
    _run(str(votes_file), "--replicates", "0", *both)
    (other,) = files.keys() - {option}
    shown = _run(str(votes_file), "--replicates", "0", option, "-", other, str(tmp_path / "b"))
    assert shown == files[option].read_text(encoding="utf-8")
    assert (tmp_path / "b").read_bytes() == files[other].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("FILE", "--csv", "FILE"), "this is an input"),
        (("FILE", "--json", "FILE"), "this is an input"),
        (("DS", "--csv", "DS/votes.parquet"), "a file of the dataset itself"),
        (("FILE", "--csv", "-", "--json", "-"), "two outputs in one place"),
        (("FILE", "--csv", "missing/a.csv"), "no such folder"),
        (("FILE", "--layer", "label", "--layer", "basic7"), "a votes file is of one layer"),
        (("FILE", "--layer", "mood"), "mood"),
        (("DS", "--layer", "basic7"), "no votes on layer 'basic7'; layers: label"),
        (("FILE", "--replicates", "1"), "replicates is 1"),
    ],
)
def test_what_the_command_refuses(
    votes_file: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    dataset(votes(BLANKS)).write(tmp_path / "ds")
    before = votes_file.read_bytes(), (tmp_path / "ds" / "votes.parquet").read_bytes()
    places = {"FILE": str(votes_file), "DS": str(tmp_path / "ds")}
    call = [a.replace("FILE", places["FILE"]).replace("DS", places["DS"]) for a in arguments]
    done = CliRunner().invoke(app, ["agreement", *call])
    assert isinstance(done.exception, EmosError)
    assert message in str(done.exception)
    assert before == (votes_file.read_bytes(), (tmp_path / "ds" / "votes.parquet").read_bytes())


def test_a_votes_files_layer_is_what_its_labels_are(votes_file: Path) -> None:
    told = json.loads(_run(str(votes_file), "--layer", "basic7", "--json", "-"))
    (group,) = told["groups"]
    assert group["layer"] == "basic7"
    assert group["blank"] == group["votes"] == 18, "cat, dog and cow are no Basic-7 labels"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    result = measure_agreement(dataset(votes(BLANKS)), replicates=0)
    with pytest.raises(EmosError, match="cannot be written"):
        result.write_json(tmp_path / "missing" / "a.json")
    with pytest.raises(EmosError, match="cannot be written"):
        result.write_csv(tmp_path)


# --- the real release


@pytest.fixture(scope="module")
def released(release: Dataset) -> Agreement:
    return measure_agreement(release, replicates=0)


@pytest.fixture(scope="module")
def as_typed(release_path: Path) -> Agreement:
    """Without repair, as the release's own scripts read the labels."""
    from emos.readers import read_source

    return measure_agreement(read_source("emos-release", release_path, repair="drop"), replicates=0)


@pytest.mark.release
@pytest.mark.parametrize("batch", ["first-2499", "latter-1904"])
def test_fleiss_and_cohen_are_the_releases_own(
    batch: str, released: Agreement, release_path: Path
) -> None:
    half = "First-2500" if batch.startswith("first") else "Last-2500"
    (path,) = release_path.glob(f"**/{half}/*/basic7/analysis_summary.json")
    summary = json.loads(path.read_text(encoding="utf-8"))
    at = {"batch": batch, "layer": "basic7"}
    assert released.value("fleiss-kappa", **at) == pytest.approx(summary["fleiss_kappa"], abs=1e-12)
    # The release's own names of annotators sort as A1, A2, ... do.
    pairs = dict(zip(sorted(summary["pairwise_cohen"]), _pairs(batch), strict=True))
    for key, who in pairs.items():
        ours = released.value("cohen-kappa", who=who, **at)
        assert ours == pytest.approx(summary["pairwise_cohen"][key], abs=1e-12)
    all_same = summary["agreement_ratios"]["all_same"]
    assert released.value("exact-match", **at) == pytest.approx(all_same, abs=1e-12)


def _pairs(batch: str) -> list[str]:
    a, b, c = ("A1", "A2", "A3") if batch == "first-2499" else ("A4", "A5", "A6")
    return [f"{a}-{b}", f"{a}-{c}", f"{b}-{c}"]


@pytest.mark.release
def test_fleiss_of_the_first_batch(released: Agreement) -> None:
    kappa = released.value("fleiss-kappa", batch="first-2499", layer="basic7")
    assert kappa == pytest.approx(0.48905345364550845, abs=1e-12)


def _jaccards(result: Agreement, batch: str, policy: str = "skip") -> list[float]:
    rows = result.table.filter(
        pl.col("batch") == batch,
        pl.col("measure") == "jaccard",
        pl.col("who") != "all",
        pl.col("policy") == policy,
    )
    return rows["value"].to_list()


@pytest.mark.release
def test_label_sets_of_ch_sims(released: Agreement) -> None:
    assert [round(j, 2) for j in _jaccards(released, "first-2499")] == [0.34, 0.36, 0.38]
    assert [round(j, 2) for j in _jaccards(released, "latter-1904")] == [0.24, 0.22, 0.28]
    first = released.value("exact-match", batch="first-2499", layer="goemotions")
    assert round(100 * first, 1) == 7.6
    latter = released.value("exact-match", batch="latter-1904", layer="goemotions")
    assert round(latter * 1904) == 15


@pytest.mark.release
def test_label_sets_of_meld_with_blanks_compared(as_typed: Agreement) -> None:
    first = _jaccards(as_typed, "first-3000", "agree")
    assert [round(j, 4) for j in first] == [0.3894, 0.3856, 0.4447]
    match = as_typed.value("exact-match", batch="first-3000", policy="agree")
    assert round(100 * match, 1) == 16.6
    last = _jaccards(as_typed, "last-2000", "agree")
    assert (round(min(last), 3), round(max(last), 3)) == (0.381, 0.461)
    match = as_typed.value("exact-match", batch="last-2000", policy="agree")
    assert round(100 * match, 2) == 18.25


@pytest.mark.release
def test_blank_cells_of_meld_are_warned_of(released: Agreement) -> None:
    found = {warning.batch: warning.blank_rows for warning in released.warnings}
    assert found == {"first-3000": 1, "last-2000": 3}


@pytest.mark.release
def test_the_papers_24_percent_is_blank_rows_compared(release: Dataset) -> None:
    frame = release.votes.filter(pl.col("batch") == "latter-1904", pl.col("layer") == "goemotions")
    stray = outside_batch_votes(release, "goemotions")
    assert stray.select("annotator", "status").rows() == [("A5", "given")]
    sheet = release.items.filter(pl.col("subset") == "ch-sims-v2").sort("position")
    result = compare_rows(frame, sheet["item_id"].to_list()[-2500:], extra=stray)
    group = result.groups.row(0, named=True)
    assert (group["items"], group["blank_rows"], group["blank_for_all"]) == (2500, 596, 595)
    assert result.value("exact-match", policy="agree") == (15 + 595) / 2500  # 24.4 %
    jaccards = [result.value("jaccard", who=w, policy="agree") for w in _pairs("latter-1904")]
    assert (round(min(jaccards), 2), round(max(jaccards), 2)) == (0.41, 0.45)
    assert result.value("exact-match") == pytest.approx(15 / 1904)


@pytest.mark.release
def test_unsure_left_out_of_the_release(release: Dataset, released: Agreement) -> None:
    unsure = release.votes.filter(pl.col("status") == "unsure")
    left = measure_agreement(release, layers=["goemotions"], unsure="leave-out", replicates=0)
    assert left.groups["left_out"].sum() == unsure.height > 0
    for batch in released.groups["batch"].unique():
        counted = released.value("exact-match", batch=batch, layer="goemotions")
        assert left.value("exact-match", batch=batch) != counted
