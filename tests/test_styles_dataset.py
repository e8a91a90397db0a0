"""Styles of whole datasets: groups, unfinished ones, claims, the command and what it writes."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from emos.agreement.styles import (
    Claim,
    Styles,
    StylesOptions,
    compare_claims,
    measure_styles,
)
from emos.agreement.styles import tables as schemas
from emos.audit import style_claims
from emos.cli import app
from emos.errors import EmosError
from emos.tables import Dataset, DatasetInfo, conform
from emos.tables.schemas import Schema
from making_votes import dataset_of

LAYER = "goemotions"
ROOT = Path(__file__).parents[1]
SCHEMAS: dict[str, Schema] = {
    name.lower(): getattr(schemas, name)
    for name in dir(schemas)
    if name.isupper() and name not in ("GROUP",)
}


def votes(batch: str = "b1", people: tuple[str, ...] = ("A1", "A2", "A3")) -> list[tuple[Any, ...]]:
    """A1 gives two labels, A2 falls back on neutral, A3 gives one."""
    rows: list[tuple[Any, ...]] = []
    for n in range(120):
        first = ("joy", "anger", "sadness")[n % 3]
        answers = (f"{first};surprise", "neutral" if n % 2 else first, first)
        rows += [
            (f"{batch}/{n}", who, LAYER, answer, "s", batch)
            for who, answer in zip(people, answers, strict=False)
        ]
    return rows


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset_of(votes("b2", ("A4", "A10", "A2")) + votes("b1"))


@pytest.fixture(scope="module")
def found(data: Dataset) -> Styles:
    return measure_styles(data, replicates=100)


def test_tables_are_as_their_schemas_say(found: Styles) -> None:
    tables = found.tables()
    assert set(tables) | {"claims"} == set(SCHEMAS)
    for name, table in tables.items():
        assert dict(table.schema) == SCHEMAS[name], name
        assert table.height or name == "blocks", name  # no row order, no blocks


def test_groups_and_annotators_are_in_natural_order(found: Styles) -> None:
    rows = found.annotators.select("batch", "annotator").rows()
    assert rows == [("b1", a) for a in ("A1", "A2", "A3")] + [
        ("b2", a) for a in ("A2", "A4", "A10")
    ]


def test_undefined_numbers_have_a_reason(found: Styles) -> None:
    for name, number in (("figures", "value"), ("radar", "value"), ("labels", "log_odds")):
        table = found.tables()[name]
        assert table.filter(pl.col(number).is_nan())["reason"].null_count() == 0


def test_one_figure_is_found_or_refused(found: Styles) -> None:
    assert found.value("cardinality", "A1") == 2
    assert found.value("cardinality", "A2", batch="b1") == 1
    with pytest.raises(EmosError, match="2 figures"):
        found.value("cardinality", "A2")
    with pytest.raises(EmosError, match="0 figures"):
        found.value("cardinality", "A9")


def test_layers_are_chosen_or_refused(data: Dataset) -> None:
    with pytest.raises(EmosError, match="no votes on layer 'basic7'; layers: goemotions"):
        measure_styles(data, layers="basic7")
    with pytest.raises(EmosError, match="no votes"):
        measure_styles(Dataset(DatasetInfo("empty")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replicates": 1}, "replicates is 1"),
        ({"seed": -1}, "seed is -1"),
        ({"confidence": 1.0}, "confidence 1.0"),
        ({"top": 0}, "top is 0"),
        ({"least_effect": 0}, "least_effect is 0"),
        ({"prior": float("nan")}, "prior is nan"),
        ({"blocks": 7}, "blocks is 7"),
        ({"groups": -1}, "groups is -1"),
    ],
)
def test_options_outside_their_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EmosError, match=re.escape(message)):
        StylesOptions(**options)


def test_the_signature_names_every_option_and_the_tables(data: Dataset) -> None:
    base = measure_styles(data, replicates=20, groups=0).signature
    for option in ("seed=12345", "top=5", "least_effect=0.2", "prior=1", "neutral=neutral/unsure"):
        assert f"|{option}|" in base
    for change in ({"seed": 1}, {"top": 2}, {"least_effect": 0.3}, {"neutral": ["x"]}):
        other = measure_styles(data, **({"replicates": 20, "groups": 0} | change))  # type: ignore[arg-type]
        assert other.signature != base
    moved = data.with_tables(items=data.items.with_columns(position=pl.int_range(pl.len())))
    assert measure_styles(moved, replicates=20, groups=0).signature != base
    labels = pl.DataFrame({"item_id": ["b1/0"], "layer": [LAYER], "label": ["joy"]})
    labelled = data.with_tables(labels=conform("labels", labels))
    assert measure_styles(labelled, replicates=20, groups=0).signature != base


def test_results_are_as_json_without_nan(found: Styles, tmp_path: Path) -> None:
    found.write_json(tmp_path / "styles.json")
    text = (tmp_path / "styles.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    told = json.loads(text)
    assert {"signature", "notes", *found.tables()} == set(told)
    assert len(told["rules"]) == found.rules.height


# --- unfinished datasets


def test_one_annotator_no_labels_and_blanks_are_said() -> None:
    rows = [(f"i{n}", "A1", LAYER, "joy" if n else "") for n in range(5)]
    styles = measure_styles(dataset_of(rows), replicates=20)
    told = dict(styles.figures.select("figure", "reason").rows())
    assert told["jaccard-others"] == "only one annotator"
    assert told["agreement-aggregate"] == "no labels yet: emos aggregate"
    assert styles.composition.height == styles.findings.height == 0
    assert any("1 blank, in no figure" in note for note in styles.notes)
    labels = conform("labels", pl.DataFrame({"item_id": ["x"], "layer": [LAYER], "label": ["joy"]}))
    elsewhere = measure_styles(dataset_of(rows).with_tables(labels=labels), replicates=20)
    told = dict(elsewhere.figures.select("figure", "reason").rows())
    assert told["agreement-aggregate"] == "none of the items has one"


def test_two_votes_by_one_annotator_are_refused() -> None:
    rows = [("i1", "A1", LAYER, "joy"), ("i1", "A1", LAYER, "anger")]
    with pytest.raises(EmosError, match="A1 voted twice on item i1"):
        measure_styles(dataset_of(rows))


# --- claims


def claims_of(styles: Styles, *claims: Claim) -> dict[tuple[str, str], tuple[str, str]]:
    table = compare_claims(styles, claims)
    assert dict(table.schema) == SCHEMAS["claims"]
    return {
        (row["annotator"], row["kind"]): (row["verdict"], row["sentence"])
        for row in table.iter_rows(named=True)
    }


def test_claims_are_compared_with_the_votes(found: Styles) -> None:
    told = claims_of(
        found,
        Claim("A1", LAYER, "cardinality", "2.0", number=2.0, digits=1),
        Claim("A3", LAYER, "cardinality", "1.4", number=1.4, digits=1),
        Claim("A1", LAYER, "labels", "Surprise, Joy", labels=("Surprise", "Joy")),
        Claim("A3", LAYER, "labels", "Fear", labels=("Fear",)),
        Claim("A1", LAYER, "style", "expansive", about="expansive"),
        Claim("A3", LAYER, "style", "conservative", about="neutral-fallback"),
        Claim("A1", LAYER, "most", "most expansive"),
        Claim("A3", LAYER, "most", "most expansive"),
        Claim("A1", LAYER, "size", "bi-label", number=2),
        Claim("A3", LAYER, "size", "bi-label", number=2),
        Claim("A10", LAYER, "share", "neutral 50%", about="Neutral", number=0.5, digits=2),
        Claim("A1", LAYER, "share", "neutral 10%", about="neutral", number=0.1, digits=2),
        Claim("A9", LAYER, "cardinality", "1.0", number=1.0, digits=1),
        Claim("A4", "basic7", "style", "expansive", about="expansive"),
    )
    assert told["A1", "cardinality"][0] == "supported"
    assert told["A3", "cardinality"] == (
        "not supported",
        "A3 gives 1.00 labels per answer, not 1.40",
    )
    assert told["A1", "labels"][0] == "supported"
    assert told["A3", "labels"][0] == "not supported" and "Fear 0.0%" not in told["A3", "labels"][1]
    assert told["A1", "style"][0] == "supported" and "effect +" in told["A1", "style"][1]
    assert told["A3", "style"][0] == "not supported"
    assert told["A1", "most"][0] == "supported" and told["A3", "most"][0] == "not supported"
    assert told["A1", "size"] == ("supported", "100.0% of the answers hold two labels")
    assert told["A3", "size"][0] == "not supported"
    assert told["A10", "share"] == ("supported", "Neutral is 50.0% of the labels that A10 gave")
    assert told["A1", "share"][0] == "not supported"
    assert told["A9", "cardinality"] == (
        "cannot be told",
        "A9 has no votes on layer goemotions",
    )
    assert told["A4", "style"][0] == "cannot be told"


def test_some_labels_of_a_claim_are_partly_right(found: Styles) -> None:
    table = compare_claims(
        found, [Claim("A1", LAYER, "labels", "Surprise, Neutral", labels=("Surprise", "Neutral"))]
    )
    (row,) = table.to_dicts()
    assert (row["verdict"], row["computed"]) == ("partly", 0.5)
    assert "1 of the 2 named" in row["sentence"] and "Neutral never" in row["sentence"]


def test_an_annotator_in_several_batches_is_compared_in_each(found: Styles) -> None:
    table = compare_claims(found, [Claim("A2", LAYER, "cardinality", "1", number=1.0)])
    assert table["batch"].to_list() == ["b1", "b2"]


def test_a_number_within_the_interval_is_supported(data: Dataset) -> None:
    rows = [
        (f"i{n}", who, LAYER, "joy;love" if n % 2 else "joy") for n in range(40) for who in "AB"
    ]
    styles = measure_styles(dataset_of(rows), replicates=200)
    claim = Claim("A", LAYER, "cardinality", "1.6", number=1.6, digits=1)
    (row,) = compare_claims(styles, [claim]).to_dicts()
    assert row["verdict"] == "supported" and "1.60 is in its interval" in row["sentence"]


def test_claims_that_cannot_be_are_refused() -> None:
    with pytest.raises(EmosError, match="unknown kind"):
        Claim("A1", LAYER, "mood", "x")
    with pytest.raises(EmosError, match="unknown style"):
        Claim("A1", LAYER, "style", "x", about="loud")
    with pytest.raises(EmosError, match="answers of 3 labels"):
        Claim("A1", LAYER, "size", "x", number=3)


def test_claims_of_the_paper_are_its_table() -> None:
    claims = style_claims("emos_paper")
    assert {claim.annotator for claim in claims} == {f"A{n}" for n in range(1, 13)}
    cardinalities = {c.annotator: c.number for c in claims if c.kind == "cardinality"}
    assert cardinalities["A10"] == 2.31 and len(cardinalities) == 12
    styles = {c.annotator: c.about for c in claims if c.kind == "style"}
    assert styles == {
        "A1": "expansive",
        "A2": "neutral-fallback",
        "A3": "socio-cognitive",
        "A4": "expansive",
        "A5": "parsimonious",
        "A8": "neutral-fallback",
        "A10": "expansive",
    }
    (shares,) = ({c.annotator: (c.about, c.number) for c in claims if c.kind == "share"},)
    assert shares == {"A9": ("neutral", 0.25), "A12": ("neutral", 0.25)}
    joy = next(c for c in claims if c.annotator == "A12" and c.kind == "labels")
    assert joy.labels == ("joy", "disapproval")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("x = [", "not valid TOML"),
        ('table = "1"', "must have the keys"),
        ('table = "9"\nlayer = "l"\n[columns]\n[annotators]\n', "has no table '9'"),
        ('table = "1"\nlayer = "l"\n[columns]\n[annotators]\nz = { words = "x" }\n', "no row 'z'"),
        (
            'table = "1"\nlayer = "l"\n[columns]\n[annotators]\nclips = { style = "expansive" }\n',
            "'words' is missing",
        ),
        (
            'table = "1"\nlayer = "l"\n[columns]\n[annotators]\n'
            'clips = { words = "x", mood = 1 }\n',
            "unknown key 'mood'",
        ),
        (
            'table = "1"\nlayer = "l"\n[columns]\n[annotators]\n'
            'clips = { words = "x", style = "loud" }\n',
            "unknown style 'loud'",
        ),
    ],
)
def test_a_papers_claims_that_are_wrong_are_said(tmp_path: Path, change: str, message: str) -> None:
    paper = tmp_path / "paper"
    shutil.copytree(ROOT / "src" / "emos" / "audit" / "demo_paper", paper)
    (paper / "styles.toml").write_text(change, encoding="utf-8")
    with pytest.raises(EmosError, match=re.escape(message)):
        style_claims(paper)


def test_a_paper_without_claims_says_so() -> None:
    with pytest.raises(EmosError, match="makes no claims on styles"):
        style_claims("demo_paper")


# --- the command


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["styles", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def folder(data: Dataset, tmp_path: Path) -> Path:
    data.write(tmp_path / "ds")
    return tmp_path / "ds"


def test_the_command_shows_figures_styles_and_groups(folder: Path) -> None:
    output = run(str(folder), "--replicates", "100")
    for words in ("s/b1, goemotions: 3 annotators", "expansive", "neutral-fallback", "log-odds"):
        assert words in output
    line = next(line for line in output.splitlines() if line.startswith("A1") and "*" in line)
    assert line.split()[1] == "expansive"
    assert "groups of annotators by expansive members" in output
    assert "no row order is known" in output and "seed=12345" in output
    assert "emos styles" in output


def test_every_label_is_shown_when_asked(folder: Path) -> None:
    short, long = (
        run(str(folder), "--replicates", "0"),
        run(str(folder), "--replicates", "0", "--labels"),
    )
    assert "A1, every label" in long and "A1, every label" not in short


def test_the_command_writes_json_and_csv(folder: Path, tmp_path: Path) -> None:
    as_json, as_csv = tmp_path / "a.json", tmp_path / "a.csv"
    arguments = (str(folder), "--replicates", "50", "--paper", "emos_paper")
    run(*arguments, "--json", str(as_json), "--csv", str(as_csv), "--table", "annotators")
    told = json.loads(as_json.read_text(encoding="utf-8"))
    rows = list(csv.DictReader(as_csv.open(encoding="utf-8")))
    assert len(rows) == len(told["annotators"]) == 6
    assert rows[0]["dominant"] == "surprise | anger | joy | sadness"
    assert "NaN" not in as_csv.read_text(encoding="utf-8")
    assert {row["verdict"] for row in told["claims"]} >= {"cannot be told"}
    claims = run(*arguments, "--csv", "-", "--table", "claims")
    assert len(list(csv.DictReader(claims.splitlines()))) == len(told["claims"])
    assert json.loads(run(*arguments, "--json", "-")) == told


def test_the_command_reads_a_votes_file_of_any_labels(tmp_path: Path) -> None:
    path = tmp_path / "meine 投票.csv"
    lines = ["task,worker,label"]
    for n in range(80):
        lines += [f"t{n},w1,cat;dog", f"t{n},w2,cat", f"t{n},w3,{'dog' if n % 3 else ''}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    output = run(str(path), "--replicates", "50")
    assert "no label neutral or unsure" in output
    assert "27 blanks, in no figure an answer" in output
    line = next(line for line in output.splitlines() if line.startswith("A1") and "*" in line)
    assert line.split()[1] == "expansive"
    (told,) = {row["layer"] for row in json.loads(run(str(path), "--json", "-"))["annotators"]}
    assert told == "label"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("DS", "--csv", "DS/votes.parquet"), "a file of the dataset itself"),
        (("DS", "--csv", "-", "--json", "-"), "two outputs in one place"),
        (("DS", "--csv", "missing/a.csv"), "no such folder"),
        (("DS", "--layer", "basic7"), "no votes on layer 'basic7'"),
        (("DS", "--table", "mood", "--csv", "-"), "no table 'mood'"),
        (("DS", "--table", "claims", "--csv", "-"), "no table 'claims'"),
        (("DS", "--paper", "no_paper"), "no paper called 'no_paper'"),
        (("DS", "--replicates", "1"), "replicates is 1"),
        (("DS/nowhere",), "no dataset here"),
    ],
)
def test_what_the_command_refuses(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    call = [argument.replace("DS", str(folder)) for argument in arguments]
    done = CliRunner().invoke(app, ["styles", *call])
    assert isinstance(done.exception, EmosError)
    assert message in str(done.exception)
