"""Pages of unfinished datasets: what there is, and a sentence on what there is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from emos.aggregate import aggregate_dataset
from emos.demo import run_demo
from emos.errors import EmosError
from emos.readers import read_source
from emos.report.results import Results
from emos.report.words import LANGUAGES
from emos.report.write_report import write_report
from emos.tables import TABLES, Dataset, DatasetInfo, conform, empty
from making_votes import dataset_of
from reading_pages import ReadPage

_ANSWERS = {"1": ("Joy", "Joy", "Anger"), "2": ("Fear", "Fear", "Fear"), "3": ("", "Joy", "Joy")}
THREE = [
    (item, f"A{number}", "basic7", label)
    for item, labels in _ANSWERS.items()
    for number, label in enumerate(labels, start=1)
]
FINE = [("1", "A1", "goemotions", "joy;love"), ("2", "A1", "goemotions", "unsure")]


def _labelled(dataset: Dataset) -> Dataset:
    done = aggregate_dataset(dataset)
    return dataset.with_tables(labels=done.labels, soft_labels=done.soft_labels)


def _spoken(**columns: list[object]) -> pl.DataFrame:
    n = 5
    told: dict[str, list[object]] = {
        "monologue_id": ["streaming/en/A Room"] * n,
        "index": list(range(1, n + 1)),
        "start_s": [0.0, 4.5, 9.0, 12.0, 70.0],
        "end_s": [4.0, 8.5, 11.0, 60.0, 75.0],
        "transcript_en": [f"Sentence {at}." for at in range(n)],
        "primary": ["Joy", "Joy", "Anger", None, "Fear"],
        "secondary": [["joy"], [], ["anger", "annoyance"], [], ["fear"]],
    }
    return conform("utterances", pl.DataFrame(told | columns))


def no_votes_on_a_layer() -> Dataset:
    return _labelled(dataset_of(THREE))


def no_labels() -> Dataset:
    return dataset_of([*THREE, *FINE])


def labels_on_one_layer() -> Dataset:
    return _labelled(dataset_of(THREE)).with_tables(votes=dataset_of([*THREE, *FINE]).votes)


def one_annotator() -> Dataset:
    return _labelled(dataset_of([row for row in THREE if row[1] == "A1"]))


def no_item_twice() -> Dataset:
    return dataset_of([("1", "A1", "basic7", "Joy"), ("2", "A2", "basic7", "Joy")])


def all_blank() -> Dataset:
    return dataset_of([(item, who, "basic7", "") for item in "12" for who in ("A1", "A2")])


def all_blank_and_aggregated() -> Dataset:
    return _labelled(all_blank())


def one_vote() -> Dataset:
    return _labelled(dataset_of([("1", "A1", "basic7", "Joy")]))


def one_item() -> Dataset:
    return _labelled(dataset_of(THREE[:3]))


def everyone_unsure() -> Dataset:
    return _labelled(
        dataset_of([(item, who, "goemotions", "unsure") for item in "12" for who in ("A1", "A2")])
    )


def no_table_of_items() -> Dataset:
    return replace(_labelled(dataset_of(THREE)), items=empty("items"))


def items_alone() -> Dataset:
    return replace(dataset_of(THREE), votes=empty("votes"))


def labels_alone() -> Dataset:
    return replace(_labelled(dataset_of([*THREE, *FINE])), votes=empty("votes"))


def labels_alone_without_items() -> Dataset:
    return replace(labels_alone(), items=empty("items"))


def monologues_alone() -> Dataset:
    items = pl.DataFrame({"item_id": ["streaming/en/A Room"], "subset": ["streaming"]})
    return Dataset(
        DatasetInfo("spoken"), items=conform("items", items), utterances=_spoken()
    )  # fmt: skip


def monologues_without_items() -> Dataset:
    return Dataset(DatasetInfo("spoken"), utterances=_spoken())


def monologues_without_times_or_labels() -> Dataset:
    nothing: list[object] = [None] * 5
    spoken = _spoken(start_s=nothing, end_s=nothing, primary=nothing, secondary=nothing)
    return Dataset(DatasetInfo("spoken"), utterances=spoken)


def several_annotators_of_one_monologue() -> Dataset:
    tracks = [_spoken(origin=[who] * 5) for who in ("A1", "A2")]
    return Dataset(DatasetInfo("spoken"), utterances=pl.concat(tracks))


def own_labels() -> Dataset:
    """Labels in scripts of all kinds, names that programs use, signs that mean something else."""
    labels = ("喜悦", "😀", "غضب", "नमस्ते", "\u00e9", "e\u0301", "a b", "constructor", "__proto__",
              "<i>", "{n}", "100%", "true", "null", "0", "A,\"B\"")  # fmt: skip
    rows = [
        (f"{place}", who, "心情 <b>", label)
        for place, label in enumerate(labels)
        for who in ("A1", "A2")
    ]
    rows.append(("0", "A3", "心情 <b>", "😀"))
    return _labelled(dataset_of(rows, label_sets={"心情 <b>": labels}))


def no_subset() -> Dataset:
    dataset = _labelled(dataset_of(THREE))
    nowhere = {"subset": pl.lit(None, pl.String), "batch": pl.lit(None, pl.String)}
    return dataset.with_tables(
        **{
            name: getattr(dataset, name).with_columns(**nowhere)
            for name in ("items", "votes", "labels", "soft_labels")
        }
    )


def no_cells() -> Dataset:
    dataset = _labelled(dataset_of([*THREE, *FINE]))
    ledger = conform("ledger", pl.DataFrame({"kind": ["flagged"], "rule": ["odd"]}))
    return dataset.with_tables(ledger=ledger)


# A dataset, and words of what its page must say is missing.
UNFINISHED: dict[Callable[[], Dataset], tuple[str, ...]] = {
    no_votes_on_a_layer: ("No votes on the layer goemotions",),
    no_labels: ("No labels yet",),
    labels_on_one_layer: ("No labels on the layer goemotions",),
    one_annotator: ("s/b, basic7: only one annotator",),
    no_item_twice: ("s/b, basic7: no item has answers of two annotators",),
    all_blank: ("s/b, basic7: every answer is blank", "No labels yet"),
    all_blank_and_aggregated: ("s/b, basic7: every answer is blank",),
    one_vote: ("s/b, basic7: only one annotator",),
    one_item: ("No votes on the layer goemotions",),
    everyone_unsure: ("No votes on the layer basic7",),
    no_table_of_items: ("3 items with votes are not in the table of items",),
    items_alone: ("There are no votes",),
    labels_alone: ("There are no votes",),
    labels_alone_without_items: ("There are no votes",),
    monologues_alone: ("There are no votes",),
    monologues_without_items: ("There are no votes",),
    monologues_without_times_or_labels: ("There are no votes",),
    several_annotators_of_one_monologue: ("There are no votes",),
    own_labels: ("No monologues",),
    no_subset: ("No monologues",),
    no_cells: ("No monologues",),
}


def check_page(page: ReadPage) -> None:
    """Nothing on the page is empty, broken or meant for a program."""
    for one in page.all("h1", "h2", "h3", "h4", "caption", "summary", "th", "title", "option"):
        if one.attributes.get("id") == "drawer-title":
            continue  # the script fills it in
        assert one.text.strip(), f"an empty {one.tag}"
    for one in page.all("li", "p", "figcaption", "nav", "ul", "ol"):
        if one.attributes.get("id") != "live":
            assert one.text.strip() or one.all(), f"an empty {one.tag} {one.attributes}"
    for section in page.all("section"):
        head = "".join(part.text for part in section.all("h2")) + "".join(
            part.text for part in section.all("p") if part.has_class("question")
        )
        filled = section.all("svg") or any("data-" in str(one.attributes) for one in section.all())
        assert filled or len(section.text.split()) > len(head.split()), section.attributes
    for table in page.all("table"):
        (body,) = table.all("tbody")
        assert body.all("tr"), f"no row under {table.all('caption')[0].text}"
        widths = {len(row.inside) for row in table.all("tr")}
        assert len(widths) == 1, f"rows of {widths} cells under {table.all('caption')[0].text}"
    for figure in page.all("figure"):
        assert figure.all("svg")
        assert figure.all("path", "rect", "text", "circle"), "an empty picture"
        assert figure.all("table"), "no text alternative"
    shown = page.all("body")[0].text
    for script in page.all("script"):
        shown = shown.replace(script.text, "")
    for word in ("None", "nan", "NaN", "null%", "Number(", "dtype", "shape: ("):
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", shown), word


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", UNFINISHED, ids=lambda make: make.__name__)
def test_it_shows_what_there_is_and_says_what_is_missing(
    make: Callable[[], Dataset], language: str, tmp_path: Path
) -> None:
    results = Results(make(), replicates=20)
    page = ReadPage(write_report(results, tmp_path / "p.html", language=language).page)
    check_page(page)
    assert page.missing
    if language == "en":
        for words in UNFINISHED[make]:
            assert any(words in line for line in page.missing), page.missing
    assert len(page.missing) == len(set(page.missing))
    if not results.dataset.votes.is_empty():
        assert len([vote for item in page.data["items"]["votes"] for vote in item]) == (
            results.dataset.votes.height
        )


def test_without_votes_there_is_no_agreement(tmp_path: Path) -> None:
    for make in (items_alone, labels_alone, monologues_alone):
        page = ReadPage(write_report(Results(make(), replicates=0), tmp_path / "p.html").page)
        assert not {"agreement", "styles"} & set(page.sections), make.__name__
    assert "streams" in page.sections


def test_without_labels_there_are_no_tiers(tmp_path: Path) -> None:
    page = ReadPage(write_report(Results(no_labels(), replicates=0), tmp_path / "p.html").page)
    assert not {"tiers", "confusion"} & set(page.sections)
    assert {"distributions", "agreement", "items"} <= set(page.sections)


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_labels_are_shown_as_they_are(tmp_path: Path, language: str) -> None:
    made = write_report(Results(own_labels(), replicates=0), tmp_path / "p.html", language=language)
    page = ReadPage(made.page)
    text = page.section("distributions").text
    for label in ("喜悦", "😀", "غضب", "नमस्ते", "constructor", "<i>", "{n}", 'A,"B"'):
        assert label in text, label
    assert set(page.data["items"]["names"]["labels"]) == set(
        own_labels().info.label_sets["心情 <b>"]
    )
    assert not page.all("i")


def test_a_votes_file_straight(tmp_path: Path) -> None:
    votes = tmp_path / "answers 答.csv"
    votes.write_text(
        "task,worker,label\n1,x,Joy\n1,y,joyy\n2,x,\n2,y,Fear\n3,x,Anger\n3,y,Anger\n",
        encoding="utf-8",
    )
    dataset = read_source("votes", votes)
    page = ReadPage(write_report(Results(dataset, replicates=20), tmp_path / "p.html").page)
    check_page(page)
    assert any("No labels yet" in line for line in page.missing)
    assert page.data["items"]["ids"] == ["1", "2", "3"]
    assert {"agreement", "ledger", "items"} <= set(page.sections)


def test_nothing_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="this dataset is empty; import something first"):
        write_report(Results(Dataset(DatasetInfo("nothing"))), tmp_path / "p.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("blanks", "weight", "said"),
    [
        # 1 of 2 answered rows agrees; two rows that are blank for both would make it 3 of 4.
        (("", ""), "wrong", "2 blank rows would count as agreement"),
        # One such row, and two that are blank for one and would disagree: 2 of 5.
        (("", "half", "half"), "careful", "3 rows with a blank"),
    ],
)
def test_blanks_are_said_to_raise_agreement_only_where_they_do(
    blanks: tuple[str, ...], weight: str, said: str, tmp_path: Path
) -> None:
    rows = [("1", "Joy", "Joy"), ("2", "Joy", "Fear")]
    rows += [(f"b{at}", "Joy" if kind else "", "") for at, kind in enumerate(blanks)]
    dataset = dataset_of(
        [(item, f"A{at}", "basic7", label) for item, *both in rows for at, label in enumerate(both)]
    )
    page = ReadPage(write_report(Results(dataset, replicates=0), tmp_path / "p.html").page)
    (finding,) = [one for one in page.section("findings").all("li") if "exact match" in one.text]
    assert finding.has_class(weight)
    assert said in " ".join(finding.text.split())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.load(run_demo(tmp_path_factory.mktemp("demo") / "d").folder / "dataset")


PARTS: dict[str, tuple[str, ...]] = {
    "no monologues": ("utterances", "monologues", "sentences"),
    "no sentences": ("sentences",),
    "no labels": ("labels", "soft_labels"),
    "no soft labels": ("soft_labels",),
    "no ledger": ("ledger",),
    "no items": ("items",),
    "no votes": ("votes",),
    "utterances alone": tuple(set(TABLES) - {"utterances"}),
}


@pytest.mark.parametrize("gone", PARTS)
def test_a_paper_is_held_against_a_part_of_its_dataset(
    demo: Dataset, gone: str, tmp_path: Path
) -> None:
    part = demo.with_tables(**{name: empty(name) for name in PARTS[gone]})
    page = ReadPage(write_report(Results(part, replicates=0), tmp_path / "p.html").page)
    check_page(page)
    assert "audit" in page.sections


@pytest.mark.parametrize("layer", ["basic7", "goemotions"])
def test_a_paper_is_held_against_one_layer(demo: Dataset, layer: str, tmp_path: Path) -> None:
    other = pl.col("layer") != layer
    part = demo.with_tables(
        **{name: getattr(demo, name).filter(other) for name in ("votes", "labels", "soft_labels")}
    )
    page = ReadPage(write_report(Results(part, replicates=0), tmp_path / "p.html").page)
    check_page(page)
    assert any(f"No votes on the layer {layer}" in line for line in page.missing)
