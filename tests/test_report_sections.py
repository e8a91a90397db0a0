"""Sections of the page: every number is one counted here again, and leads to the items counted."""

from __future__ import annotations

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from typer.testing import CliRunner

from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.cli import app
from emos.report.blocks import Block, Details, Figure, Figures, Paragraph, Section, Table
from emos.report.making import Making
from emos.report.results import Results
from emos.report.sections import agreement, confusion, distributions, styles, tiers
from emos.report.sets import ItemSets
from emos.report.words import Number, Phrase, read_words
from emos.tables import Dataset, conform
from making_votes import dataset_of, simulated_votes

PLACES = {"first": "ch/first", "last": "ch/last"}


class Behind(NamedTuple):
    what: str
    ids: list[str]
    notes: list[str] | None


class Shown:
    """A section as made, with what each of its numbers leads to."""

    def __init__(
        self, module: Any, dataset: Dataset, language: str = "en", *, replicates: int = 0
    ) -> None:
        self.sets = ItemSets()
        self.results = Results(dataset, replicates=replicates)
        making = Making(self.results, read_words(language), self.sets)
        self.section: Section | None = module.make(making)
        self._ids = list(dataset.items["item_id"])
        self._packed = self.sets.packed({one: place for place, one in enumerate(self._ids)})

    @property
    def blocks(self) -> list[Block]:
        assert self.section is not None
        return list(_opened(self.section.blocks))

    @property
    def tables(self) -> list[Table]:
        found = [block.table if isinstance(block, Figure) else block for block in self.blocks]
        return [block for block in found if isinstance(block, Table)]

    def all_tables(self, *parts: str) -> list[Table]:
        return [one for one in self.tables if all(part in one.caption for part in parts)]

    def table(self, *parts: str) -> Table:
        (found,) = self.all_tables(*parts)
        return found

    @property
    def figures(self) -> list[Figure]:
        return [block for block in self.blocks if isinstance(block, Figure)]

    @property
    def phrases(self) -> list[Phrase]:
        """Sentences and captions."""
        found = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                found.append(block.phrase)
            elif isinstance(block, Figure):
                found.append(block.caption)
        return found

    def told(self) -> str:
        return "\n".join("".join(map(_text, phrase)) for phrase in self.phrases)

    def numbers(self) -> Iterator[Number]:
        for phrase in self.phrases:
            yield from (part for part in phrase if isinstance(part, Number))
        for table in self.tables:
            for row in table.rows:
                yield from (cell for cell in row if isinstance(cell, Number))

    def behind(self, number: Any) -> Behind:
        assert isinstance(number, Number)
        if number.behind is None:
            return Behind("", [], None)
        kept = self._packed["sets"][number.behind]
        place, ids = 0, []
        for step in self._packed["lists"][kept["list"]]:
            place += step
            ids.append(self._ids[place])
        return Behind(kept["what"], ids, list(kept["notes"]) if "notes" in kept else None)

    def ids(self, number: Any) -> list[str]:
        return self.behind(number).ids


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Details):
            yield from _opened(block.blocks)
        elif isinstance(block, Figures):
            yield from block.figures
        else:
            yield block


def _text(value: object) -> str:
    return value.text if isinstance(value, Number) else str(value)


def cell(table: Table, row: str | tuple[str, ...], column: str) -> Any:
    heads = (row,) if isinstance(row, str) else row
    (found,) = [one for one in table.rows if tuple(map(_text, one[: len(heads)])) == heads]
    return found[list(table.columns).index(column)]


def check_sizes(shown: Shown) -> int:
    """Every whole number that leads somewhere leads to just so many entries."""
    checked = 0
    for number in shown.numbers():
        whole = re.match(r"([\d,]+)(?: \(|$)", number.text)
        if number.behind is not None and whole:
            assert len(shown.ids(number)) == int(whole[1].replace(",", "")), number
            checked += 1
    return checked


def drawn_links(figure: Figure) -> Counter[int]:
    """The item sets that marks of the picture lead to."""
    return Counter(map(int, re.findall(r'href="#s-(\d+)"', figure.svg)))


def table_links(table: Table) -> set[int]:
    cells = (cell for row in table.rows for cell in row)
    return {one.behind for one in cells if isinstance(one, Number) and one.behind is not None}


@pytest.fixture(scope="module")
def made() -> Dataset:
    """Two batches of single labels and of sets, aggregated; some blanks; one layer uncorrected."""
    drawn = simulated_votes(3, n_items=60, n_annotators=4, n_labels=4, votes_per_item=3)
    names = ("Joy", "Anger", "Neutral", "Fear")
    fine = ("joy", "anger", "neutral", "fear;nervousness")
    rows = []
    for place, (item, annotator, label) in enumerate(zip(*drawn.codes, strict=True)):
        name, batch = f"i{item:02d}", "first" if item < 40 else "last"
        blank = place % 17 == 0 or item == 59
        rows.append((name, f"P{annotator}", "basic7", "" if blank else names[label], "ch", batch))
        told = fine[label] if place % 5 else f"{fine[label]};surprise"
        rows.append((name, f"P{annotator}", "goemotions", told, "ch", batch))
    dataset = dataset_of(rows)
    found = aggregate_dataset(dataset, AggregateOptions())
    labels = found.labels.with_columns(
        original=pl.when(pl.col("batch") == "last").then(pl.lit("Joy"))
    )
    return dataset.with_tables(labels=labels, soft_labels=found.soft_labels)


@pytest.fixture(scope="module")
def aggregated(release: Dataset) -> Dataset:
    found = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    return release.with_tables(labels=found.labels, soft_labels=found.soft_labels)


def _votes(dataset: Dataset, layer: str) -> dict[str, dict[str, frozenset[str]]]:
    """Labels by item and annotator; a blank is not there."""
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for vote in dataset.votes.to_dicts():
        if vote["layer"] == layer and vote["labels"]:
            found[vote["item_id"]][vote["annotator"]] = frozenset(vote["labels"])
    return found


def _batch(dataset: Dataset, batch: str) -> set[str]:
    return set(dataset.items.filter(pl.col("batch") == batch)["item_id"])


# Distributions


def test_label_shares_are_of_items_with_a_label(made: Dataset) -> None:
    shown = Shown(distributions, made)
    table = shown.table("Basic-7")
    labels = {row["item_id"]: row["label"] for row in made.labels.to_dicts() if row["label"]}
    for batch, place in PLACES.items():
        here = {item: label for item, label in labels.items() if item in _batch(made, batch)}
        assert cell(table, "Altogether", place) == len(here)
        for label in ("Joy", "Anger", "Neutral", "Fear"):
            items = {item for item, one in here.items() if one == label}
            number = cell(table, label, place)
            assert number.text == f"{len(items)} ({len(items) / len(here):.1%})"
            assert set(shown.ids(number)) == items
    assert check_sizes(shown) > 20


def test_fine_label_counts_for_an_item_if_anyone_named_it(made: Dataset) -> None:
    shown = Shown(distributions, made)
    table = shown.table("GoEmotions", "at least one")
    votes = _votes(made, "goemotions")
    named = {item: frozenset().union(*given.values()) for item, given in votes.items()}
    for label in ("joy", "nervousness", "surprise"):
        items = {item for item, labels in named.items() if label in labels}
        number = cell(table, label, "All")
        assert number.text == f"{len(items)} ({len(items) / len(votes):.1%})"
        assert set(shown.ids(number)) == items
    assert "Never given: admiration" in shown.told()


def test_mean_soft_label_is_the_mean_over_items(made: Dataset) -> None:
    shown = Shown(distributions, made)
    table = shown.table("mean soft label")
    votes = {i: v for i, v in _votes(made, "goemotions").items() if i in _batch(made, "first")}
    for label in ("joy", "surprise"):
        shares = []
        for given in votes.values():
            tokens = Counter(one for labels in given.values() for one in labels)
            shares.append(tokens[label] / sum(tokens.values()))
        mean = sum(shares) / len(shares)
        assert cell(table, label, PLACES["first"]).text == f"{mean:.1%}"


def test_labels_stand_in_one_order(made: Dataset) -> None:
    counts = Counter(made.labels["label"].drop_nulls())
    order = [row[0] for row in Shown(distributions, made).table("Basic-7").rows][:-1]
    assert [counts[label] for label in order] == sorted(
        (counts[one] for one in order), reverse=True
    )
    for table in Shown(confusion, made).tables:
        heads = [name for name in order if name in table.columns]
        assert [name for name in table.columns if name in order] == heads


def test_utterances_count_by_language() -> None:
    utterances = pl.DataFrame(
        {
            "monologue_id": ["s/en/A", "s/en/A", "s/zh/B"],
            "index": [1, 2, 1],
            "start_s": [0.0, 61.5, 3.0],
            "primary": ["Joy", "Anger", "Joy"],
            "secondary": [["joy", "relief"], [], ["joy"]],
            "secondary_aside": [[], ["contempt"], []],
            "origin": ["x", "x", "x"],
        }
    )
    items = pl.DataFrame({"item_id": ["s/en/A", "s/zh/B"], "language": ["en", "zh"]})
    dataset = dataset_of([]).with_tables(
        items=conform("items", items), utterances=conform("utterances", utterances)
    )
    shown = Shown(distributions, dataset)
    primary, secondary = shown.table("Basic-7"), shown.table("GoEmotions")
    english, chinese = "Utterances, English", "Utterances, Chinese"
    assert cell(primary, "Joy", "Utterances").text == "2 (66.7%)"
    assert shown.ids(cell(primary, "Joy", "Utterances")) == ["s/en/A", "s/zh/B"]
    assert shown.behind(cell(primary, "Anger", english)).notes == ["utterance 2, 01:01"]
    assert cell(primary, "Anger", chinese).text == "0 (0.0%)"
    assert cell(secondary, "joy", english).text == "1 (50.0%)"
    told = [part for part in shown.figures[1].caption if isinstance(part, Number)]
    *_, without, outside = told
    assert shown.ids(without) == ["s/en/A"]
    behind = shown.behind(outside)
    assert (behind.ids, behind.notes) == (["s/en/A"], ["utterance 2, 01:01: contempt"])


def test_release_distributions_are_the_facts(aggregated: Dataset) -> None:
    # Shares of the classes over 9,403 clips, and primary labels of 447 utterances, as counted
    # twice by hand from the public release.
    shown = Shown(distributions, aggregated)
    table = shown.table("Basic-7")
    facts = {"Neutral": 38.1, "Joy": 25.4, "Anger": 13.6, "Sadness": 8.7}
    for label, share in facts.items():
        count = int(cell(table, label, "All").text.split()[0].replace(",", ""))
        assert count / 9403 == pytest.approx(share / 100, abs=0.001)
    counts = [int(_text(row[-1]).split()[0]) for row in table.rows[:-1]]
    assert sorted(counts, reverse=True) == [108, 103, 92, 91, 30, 17, 6]
    assert cell(table, "Altogether", "Utterances") == 447


# Tiers


def test_tiers_and_curve_are_counted_again(made: Dataset) -> None:
    shown = Shown(tiers, made)
    labels = [row for row in made.labels.to_dicts() if row["confidence"] is not None]
    sizes, curve = shown.table("size of each tier"), shown.table("would not be High")
    for batch, place in PLACES.items():
        here = [row for row in labels if row["batch"] == batch]
        for tier in ("high", "medium", "low"):
            items = {row["item_id"] for row in here if row["tier"] == tier}
            assert set(shown.ids(cell(sizes, place, tier.capitalize()))) == items
        for at in (0.5, 0.9):
            agreed = {r["item_id"] for r in here if r["unique_labels"] == 1 and r["votes"] > 1}
            below = {r["item_id"] for r in here if r["confidence"] < at} - agreed
            assert set(shown.ids(cell(curve, f"{at:g}", place))) == below
    assert "confidence of 0.9 or more" in shown.told()
    assert check_sizes(shown) > 10


def test_least_sure_come_first(made: Dataset) -> None:
    shown = Shown(tiers, made)
    row = cell(shown.table("lowest confidence"), PLACES["first"], "Least sure")
    confidence = dict(made.labels.select("item_id", "confidence").iter_rows())
    values = [confidence[item] for item in shown.ids(row)]
    assert values == sorted(values)
    assert len(values) == min(50, len(_batch(made, "first")))
    assert shown.behind(row).notes[0].endswith(f"{values[0]:.3f}")  # type: ignore[index]


def test_other_thresholds_are_told(made: Dataset) -> None:
    strict = aggregate_dataset(made, AggregateOptions(tiers=(0.99, 0.5))).labels
    told = Shown(tiers, made.with_tables(labels=strict)).told()
    split = [r for r in strict.to_dicts() if r["unique_labels"] != 1 or r["votes"] < 2]
    least = min(row["confidence"] for row in split if row["tier"] == "medium")
    assert "do not follow the usual limits" in told
    assert f"{least:.3f} among Medium" in told


# Confusion


def test_matrix_counts_answers_by_label(made: Dataset) -> None:
    shown = Shown(confusion, made)
    labels = {row["item_id"]: row["label"] for row in made.labels.to_dicts()}
    here = _batch(made, "first")
    for who in ("", "P1"):
        pooled, each = shown.all_tables("ch/first", "answers by the label")
        table = each if who else pooled
        cells: Counter[tuple[str, str]] = Counter()
        for item, given in _votes(made, "basic7").items():
            for annotator, (answer,) in given.items():
                if item in here and (not who or annotator == who):
                    cells[labels[item], answer] += 1
        totals: Counter[str] = Counter()
        for (label, _), n in cells.items():
            totals[label] += n
        for (label, answer), n in cells.items():
            number = cell(table, (who, label) if who else label, answer)
            assert number.text == f"{n} ({n / totals[label]:.0%})"
            assert len(shown.ids(number)) == n
            assert all(labels[item] == label for item in shown.ids(number))
        rows = [(who, label) if who else label for label in totals]
        assert sum(cell(table, row, "Answers") for row in rows) == sum(cells.values())
    assert check_sizes(shown) > 30


def test_annotators_are_named_behind_a_cell(made: Dataset) -> None:
    shown, votes = Shown(confusion, made), _votes(made, "basic7")
    table = shown.all_tables("ch/first", "answers by the label")[0]
    behind = shown.behind(cell(table, "Joy", "Joy"))
    assert behind.notes is not None
    for item, annotator in zip(behind.ids, behind.notes, strict=True):
        assert votes[item][annotator] == {"Joy"}


def test_largest_confusions_are_named(made: Dataset) -> None:
    labels = {row["item_id"]: row["label"] for row in made.labels.to_dicts()}
    off = Counter(
        (labels[item], answer)
        for item, given in _votes(made, "basic7").items()
        for (answer,) in given.values()
        if item in _batch(made, "first") and labels[item] != answer
    )
    (_, n), *_ = off.most_common(1)
    told = Shown(confusion, made).told().splitlines()
    first = next(line for line in told if line.startswith("ch/first: ") and "differ" in line)
    named = re.search(r"Most often: (\w+) where the label is (\w+) \((\d+)\)", first)
    assert named is not None
    assert off[named[2], named[1]] == n == int(named[3])


def test_correction_is_shown_from_before_to_after(made: Dataset) -> None:
    shown = Shown(confusion, made)
    table = shown.table("before (rows)")
    after = Counter(row["label"] for row in made.labels.to_dicts() if row["original"])
    after.pop(None)  # an item that nobody answered
    for label, n in after.items():
        assert len(shown.ids(cell(table, "Joy", label))) == n
    assert cell(table, "Joy", "Items") == sum(after.values())


def test_release_correction_changes_what_it_changes(aggregated: Dataset) -> None:
    shown = Shown(confusion, aggregated)
    changed = aggregated.labels.filter(
        pl.col("original").is_not_null(), pl.col("original") != pl.col("label")
    )
    for batch in ("first-3000", "last-2000"):
        rows = changed.filter(pl.col("batch") == batch)
        total = int(batch.split("-")[1])
        assert f"meld/{batch}: correction changed {rows.height / total:.1%} of" in shown.told()
    assert check_sizes(shown) > 100


# Agreement


def test_unity_counts_items(made: Dataset) -> None:
    shown = Shown(agreement, made)
    for layer, title in (("basic7", "Basic-7"), ("goemotions", "GoEmotions")):
        table = shown.table(title, "say the same")
        for batch, place in PLACES.items():
            given = {i: list(v.values()) for i, v in _votes(made, layer).items()}
            several = {i: v for i, v in given.items() if len(v) > 1 and i in _batch(made, batch)}
            kinds = {
                "Two or more answers": set(several),
                "All the same": {i for i, v in several.items() if len(set(v)) == 1},
                "All different": {i for i, v in several.items() if len(set(v)) == len(v)},
            }
            if layer == "goemotions":
                kinds["No label in common"] = {
                    i for i, v in several.items() if not frozenset.intersection(*v)
                }
            for head, items in kinds.items():
                assert set(shown.ids(cell(table, place, head))) == items
    assert check_sizes(shown) > 30


def test_exact_match_leads_to_the_items_it_counts(made: Dataset) -> None:
    shown = Shown(agreement, made)
    table = shown.table("Basic-7", "agreement of all")
    column = "A blank is no vote"
    for place in PLACES.values():
        match = cell(table, (place, "Exact match"), column)
        items = cell(table, (place, "Exact match"), "Items")
        assert match.text == f"{len(shown.ids(match)) / len(shown.ids(items)):.3f}"


def test_policies_stand_beside_each_other(made: Dataset) -> None:
    results = Results(made, replicates=0)
    assert results.agreement is not None
    shown = Shown(agreement, made)
    table = shown.table("Basic-7", "agreement of all")
    heads = {"skip": "A blank is no vote", "agree": "A blank is an answer"}
    for policy, head in heads.items():
        value = results.agreement.value(
            "fleiss-kappa", policy=policy, subset="ch", batch="first", layer="basic7"
        )
        assert cell(table, ("ch/first", "Fleiss' kappa"), head).text == f"{value:.3f}"
    assert "ch/first" in shown.told()
    assert "hold a blank" in shown.told()
    # Nothing is blank on the fine layer, so that there is one value only.
    assert "Value" in shown.table("GoEmotions", "agreement of all").columns


def test_blank_rows_lead_to_items_with_a_blank(made: Dataset) -> None:
    shown = Shown(agreement, made)
    blank = {v["item_id"] for v in made.votes.to_dicts() if v["status"] == "blank"}
    (phrase,) = [
        p for p in shown.phrases if "ch/first" in _text(p[0]) and "blank" in "".join(map(_text, p))
    ]
    (number,) = [part for part in phrase if isinstance(part, Number)]
    assert set(shown.ids(number)) == blank & _batch(made, "first")


def test_pairs_lead_to_their_differences(made: Dataset) -> None:
    shown, votes = Shown(agreement, made), _votes(made, "basic7")
    table = next(one for one in shown.tables if one.caption == "ch/first: pairs of annotators")
    common = [i for i, v in votes.items() if {"P0", "P2"} <= set(v) and i in _batch(made, "first")]
    differ = {i for i in common if votes[i]["P0"] != votes[i]["P2"]}
    assert set(shown.ids(cell(table, "P0-P2", "Both answered"))) == set(common)
    number = cell(table, "P0-P2", "Answers differ")
    assert set(shown.ids(number)) == differ
    one = shown.behind(number)
    (left,), (right,) = votes[one.ids[0]]["P0"], votes[one.ids[0]]["P2"]
    assert one.notes is not None
    assert one.notes[0] == f"P0 {left} · P2 {right}"


def test_contested_label_leads_to_its_items(made: Dataset) -> None:
    shown = Shown(agreement, made)
    table = shown.table("GoEmotions", "having the label")
    contested = set()
    for item, given in _votes(made, "goemotions").items():
        named = sum("surprise" in labels for labels in given.values())
        if 0 < named < len(given) and item in _batch(made, "first"):
            contested.add(item)
    assert set(shown.ids(cell(table, "surprise", "ch/first"))) == contested


def test_undefined_agreement_says_why() -> None:
    rows = [(f"i{place}", "P1", "basic7", "Joy") for place in range(3)]
    for language, why in (("en", "only one annotator"), ("zh", "只有一位标注者")):
        shown = Shown(agreement, dataset_of(rows), language)
        assert why in shown.told()
        table = shown.figures[0].table
        assert {_text(row[2]) for row in table.rows} == {"–"}


def test_every_reason_and_note_has_chinese_words() -> None:
    from emos.agreement import coefficient, per_label
    from emos.report.reasons import said

    zh = read_words("zh")
    one_label = coefficient.Parts._field_defaults["no_variation"]
    reasons = [coefficient.NO_ITEM, coefficient.NOT_BOTH, one_label, per_label.SAME]
    reasons += [per_label.NEVER, "only one annotator"]
    for reason in reasons:
        assert said(zh, reason) != reason
        assert said(read_words("en"), reason) == reason
    resampled = "undefined in 1,234 of 5,000 resamples, which the interval leaves out"
    assert "1,234" in said(zh, resampled)
    assert said(zh, "something new") == "something new"


def test_every_note_on_styles_has_chinese_words(made: Dataset) -> None:
    from emos.agreement.styles import measure_styles
    from emos.report.reasons import said

    crowd = [(f"i{n}", f"P{who}", "label", "x", "s", "b") for n in range(3) for who in range(9)]
    alone = [("i1", "P1", "basic7", "unsure"), ("i2", "P1", "basic7", "")]
    for dataset in (made, dataset_of(crowd, label_sets={"label": ("x", "y")}), dataset_of(alone)):
        found = measure_styles(dataset, replicates=0)
        figures = found.figures.filter(pl.col("value").is_nan())["reason"]
        assert found.notes
        for note in (*found.notes, *figures):
            assert said(read_words("zh"), note) != note
            assert said(read_words("en"), note) == note


# Styles


def _own(dataset: Dataset, layer: str, who: str, batch: str) -> dict[str, frozenset[str]]:
    here, votes = _batch(dataset, batch), _votes(dataset, layer)
    return {item: given[who] for item, given in votes.items() if who in given and item in here}


def test_figures_of_annotators_lead_to_their_answers(made: Dataset) -> None:
    shown = Shown(styles, made)
    table = shown.table("GoEmotions", "annotators. Entropy")
    votes = _votes(made, "goemotions")
    for who in ("P0", "P3"):
        for batch, place in PLACES.items():
            own = _own(made, "goemotions", who, batch)
            row = (who, place)
            assert shown.ids(cell(table, row, "Answers")) == sorted(own)
            number = cell(table, row, "Labels")
            assert number.text == f"{sum(map(len, own.values())) / len(own):.2f}"
            assert set(shown.ids(number)) == {i for i, labels in own.items() if len(labels) > 1}
            neutral = {i for i, labels in own.items() if labels & {"neutral", "unsure"}}
            number = cell(table, row, "Neutral, unsure")
            assert number.text == f"{len(neutral) / len(own):.1%}"
            assert set(shown.ids(number)) == neutral
            alone = set()
            for item, labels in own.items():
                others = [v for name, v in votes[item].items() if name != who]
                if others and not labels & frozenset().union(*others):
                    alone.add(item)
            assert set(shown.ids(cell(table, row, "Jaccard"))) == alone


def test_agreement_with_the_label_leads_to_where_it_fails(made: Dataset) -> None:
    shown = Shown(styles, made)
    table = shown.table("Basic-7", "annotators. Entropy")
    labels = {row["item_id"]: row["label"] for row in made.labels.to_dicts()}
    own = _own(made, "basic7", "P1", "first")
    against = {item for item, answer in own.items() if answer != {labels[item]}}
    number = cell(table, ("P1", "ch/first"), "Aggregate")
    assert set(shown.ids(number)) == against
    assert number.text == f"{1 - len(against) / len(own):.3f}"
    blank = cell(table, ("P1", "ch/first"), "Blank")
    assert set(shown.ids(blank)) == {
        v["item_id"]
        for v in made.votes.to_dicts()
        if v["annotator"] == "P1" and v["status"] == "blank" and v["batch"] == "first"
    }


def test_bias_leads_to_who_named_the_label_where(made: Dataset) -> None:
    shown = Shown(styles, made, replicates=20)
    table = shown.table("GoEmotions", "log-odds")
    own = _own(made, "goemotions", "P2", "last")
    number = cell(table, "joy", "P2 (ch/last)")
    assert set(shown.ids(number)) == {item for item, labels in own.items() if "joy" in labels}
    assert re.fullmatch(r"[+-]\d\.\d\d \[[+-]\d\.\d\d, [+-]\d\.\d\d\]", number.text)
    assert check_sizes(shown) > 20


def test_rules_are_told_with_margin_and_verdict(made: Dataset) -> None:
    shown = Shown(styles, made, replicates=50)
    assert shown.results.styles is not None
    found = shown.results.styles.styles.filter(pl.col("layer") == "goemotions")
    table = shown.table("GoEmotions", "rules of the styles")
    assert len(table.rows) == found.filter(pl.col("met").is_not_null()).height > 0
    for row in found.filter(pl.col("met").is_not_null()).to_dicts():
        who = f"{row['annotator']} ({row['subset']}/{row['batch']})"
        key = (who, row["style"])
        assert cell(table, key, "Margin").text == f"{row['margin']:+.2f}"
        assert cell(table, key, "Style") == ("met" if row["met"] else "not met")


def test_without_resamples_no_style_is_told(made: Dataset) -> None:
    shown = Shown(styles, made)
    table = shown.table("GoEmotions", "annotators. Entropy")
    told = {_text(row[2]) for row in table.rows}
    assert all(one == "cannot be told" or one.startswith("none; nearest") for one in told)
    assert "meet the rules of a style" not in shown.told()


def test_release_styles_are_the_rules(aggregated: Dataset) -> None:
    # Cardinalities counted twice by hand from the workbooks; A10's is 1.45, not the 2.31 printed.
    shown = Shown(styles, aggregated, replicates=100)
    table = shown.table("GoEmotions", "annotators. Entropy")
    facts = {"A1": 1.84, "A4": 2.23, "A7": 1.62, "A10": 1.45, "A12": 1.20}
    for row in table.rows:
        if row[0] in facts:
            assert _text(row[list(table.columns).index("Labels")]) == f"{facts[row[0]]:.2f}"
    assert "expansive A1, A4, A7, A10" in shown.told()
    claims = shown.table("claims of the paper")
    assert cell(claims, ("A10", "Labels per answer"), "The votes").text == "1.45"
    assert cell(claims, ("A10", "Labels per answer"), "The paper") == "2.31"
    assert cell(claims, ("A10", "Labels per answer"), "Supported") == "no"
    verdicts = Counter(row[-1] for row in claims.rows)
    assert f"the votes support {verdicts['yes']}, {verdicts['in part']} in part" in shown.told()


# Pictures


@pytest.mark.parametrize("module", [distributions, tiers, confusion, agreement, styles])
def test_marks_of_a_picture_lead_where_its_table_does(module: Any, made: Dataset) -> None:
    shown = Shown(module, made, replicates=20)
    assert shown.figures
    for figure in shown.figures:
        assert "style=" not in figure.svg
        assert set(drawn_links(figure)) <= table_links(figure.table), figure.name
        if figure.name in ("distribution", "tier-sizes", "confusion", "correction", "bias"):
            assert drawn_links(figure), figure.name
        if figure.command:
            assert figure.command.startswith(f"emos plot {figure.name} DATASET --layer ")


@pytest.mark.parametrize("module", [distributions, tiers, confusion, agreement, styles])
def test_the_command_under_a_picture_draws_it(module: Any, made: Dataset, tmp_path: Path) -> None:
    made.write(tmp_path / "data")
    shown = Shown(module, Dataset.load(tmp_path / "data"), replicates=20)
    for place, figure in enumerate(shown.figures):
        if not figure.command:
            continue
        words = shlex.split(figure.command.replace("DATASET", str(tmp_path / "data")))
        target = tmp_path / f"{place}.svg"
        said = CliRunner().invoke(app, [*words[1:-1], str(target), "--replicates", "20"])
        assert said.exit_code == 0, said.output
        drawn = [re.findall(r">([^<>]+)<", one) for one in (figure.svg, target.read_text("utf-8"))]
        assert sorted(drawn[0]) == sorted(text for text in drawn[1] if "@font-face" not in text)


def test_every_bar_of_a_distribution_leads_somewhere(made: Dataset) -> None:
    shown = Shown(distributions, made)
    figure = shown.figures[0]
    inside = [row[1 : 1 + len(PLACES)] for row in figure.table.rows[:-1]]
    cells = [one for row in inside for one in row if isinstance(one, Number)]
    assert set(drawn_links(figure)) == {one.behind for one in cells} - {None}


# What is not there, and very much


@pytest.mark.parametrize("module", [distributions, tiers, confusion, agreement, styles])
def test_nothing_to_show_is_no_section(module: Any) -> None:
    assert Shown(module, dataset_of([])).section is None


def test_votes_without_labels_have_distributions_and_agreement(made: Dataset) -> None:
    empty = made.with_tables(
        labels=conform("labels", made.labels.clear().select("item_id")),
        soft_labels=conform("soft_labels", made.soft_labels.clear().select("item_id")),
    )
    shown = Shown(distributions, empty)
    assert shown.table("Basic-7", "at least one").rows
    assert Shown(agreement, empty).section is not None
    assert Shown(tiers, empty).section is None
    assert Shown(confusion, empty).section is None


def test_a_crowd_is_summarised() -> None:
    rows = [
        (f"i{item:03d}", f"W{person:04d}", "basic7", ("Joy", "Anger")[(item + person) % 2])
        for item in range(120)
        for person in range(item * 5, item * 5 + 3)
    ]
    dataset = dataset_of(rows)
    dataset = dataset.with_tables(labels=aggregate_dataset(dataset, AggregateOptions()).labels)
    shown = Shown(confusion, dataset)
    assert len(shown.tables) <= 1 + 12
    people = len({row[1] for row in rows})
    assert f"{people - 12} annotators with fewer answers are not shown" in shown.told()
    assert Shown(agreement, dataset).section is not None
    shown = Shown(styles, dataset)
    assert {len(table.rows) for table in shown.all_tables("annotators. Entropy")} == {12}
    assert f"{people - 12} annotators with fewer answers are not shown" in shown.told()


def test_names_of_batches_are_optional() -> None:
    rows = [(f"i{n}", who, "basic7", "Joy", "", "") for n in range(3) for who in ("a-b", "c")]
    dataset = dataset_of(rows)
    dataset = dataset.with_tables(labels=aggregate_dataset(dataset, AggregateOptions()).labels)
    for module in (distributions, tiers, confusion, styles, agreement):
        shown = Shown(module, dataset)
        assert check_sizes(shown) > 0
    pairs = shown.table("pairs")
    assert shown.ids(cell(pairs, "a-b-c", "Both answered")) == ["i0", "i1", "i2"]
