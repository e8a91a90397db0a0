"""How far the annotators agree: all, in pairs, on each label, and what blanks would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from emos.agreement import Agreement, BlankEffect
from emos.agreement.measure import all_measures
from emos.report.answers import answers, both, split_on, together
from emos.report.blocks import Block, Details, Figure, Heading, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.order import label_order, layers_of
from emos.report.pictures.registry import Choice, find_picture
from emos.report.places import MOST, Place, placed, places
from emos.report.reasons import said
from emos.report.sections import SectionMaker
from emos.report.words import Number, Phrase

MOST_LABELS = 40  # rows of a table
_MOVES = 0.01  # a change by blanks that a reader should be warned of
_SKIP = "skip"


def make(making: Making) -> Section | None:
    """Per layer: coefficients under each policy, what blanks would do, unity, pairs, labels."""
    words, found = making.words, making.results.agreement
    if found is None or found.table.is_empty():
        return None
    blocks: list[Block] = []
    measured = set(found.groups["layer"])
    for layer in layers_of(making.results.dataset):
        if layer in measured:
            blocks += _Layer(making, found, layer).blocks()
    if found.options.replicates:
        level = words.phrase("agreement.intervals", level=f"{found.options.confidence:.0%}")
        blocks.append(Paragraph(level, "note"))
    title, question = words.say("agreement.title"), words.say("agreement.question")
    return Section("agreement", title, question, blocks)


@dataclass(frozen=True)
class _Layer:
    """What there is to show of one layer."""

    making: Making
    found: Agreement
    layer: str

    @cached_property
    def table(self) -> pl.DataFrame:
        return self.found.table.filter(pl.col("layer") == self.layer)

    @cached_property
    def given(self) -> pl.DataFrame:
        return answers(self.making.results.dataset, self.layer)

    @cached_property
    def together(self) -> pl.DataFrame:
        return together(self.given)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        return self._places[0]

    @cached_property
    def _places(self) -> tuple[tuple[Place, ...], int]:
        votes = self.making.results.dataset.votes.filter(pl.col("layer") == self.layer)
        return places(placed(votes))

    @cached_property
    def sets(self) -> bool:
        """Whether answers are sets of labels."""
        return bool((self.given["labels"].list.len() > 1).any())

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The policies asked for; only the first where nothing is blank, since all are one then."""
        groups = self.found.groups.filter(pl.col("layer") == self.layer)
        gaps = bool((groups["blank"] + groups["left_out"]).sum())
        return self.found.options.policies if gaps else self.found.options.policies[:1]

    def blocks(self) -> Iterator[Block]:
        words = self.making.words
        yield Heading(words.layer(self.layer))
        for effect in self.found.warnings:
            if effect.layer == self.layer:
                yield self._blanks(effect)
        yield self._figure()
        yield from self._reasons()
        yield self._unity()
        if self._places[1]:
            yield Paragraph(words.phrase("agreement.batches_left", n=self._places[1]), "note")
        pairs = list(self._pairs())
        if pairs:
            yield Details(words.say("agreement.pairs", layer=words.layer(self.layer)), pairs)
        labels = list(self._labels())
        if labels:
            yield Details(words.say("agreement.per_label", layer=words.layer(self.layer)), labels)

    def _unity(self) -> Table:
        """On how many items all say the same, and on how many nobody agrees with anybody."""
        words = self.making.words
        several = pl.col("votes") >= 2
        kinds = ["same", "differ"]
        kinds += ["apart"] if self.sets else []
        kinds += ["single"] if self.together.filter(~several).height else []
        rows: list[list[Shown]] = []
        for place in self.places:
            items = place.of(self.together)
            row: list[Shown] = [
                self._name(place),
                self._ids(items.filter(several), "several", place),
            ]
            for kind in kinds:
                chosen = items.filter(~several if kind == "single" else pl.col(kind))
                of = None if kind == "single" else items.filter(several).height
                row.append(self._ids(chosen, kind, place, of))
            rows.append(row)
        heads = [words.say(f"agreement.{key}") for key in ("batch", "several", *kinds)]
        caption = words.say("agreement.unity", layer=words.layer(self.layer))
        return Table(caption, heads, rows)

    def _ids(self, items: pl.DataFrame, kind: str, place: Place, of: int | None = None) -> Number:
        what = self.making.words.say(
            f"agreement.{kind}_items", place=self._name(place), layer=self._shown
        )
        share = f" ({items.height / of:.1%})" if of else ""
        return self.making.number(f"{items.height:,}{share}", items["item_id"], what)

    def _figure(self) -> Figure:
        """The coefficients drawn; a share of items leads to them."""
        numbers = find_picture("agreement").numbers(self.making.results, Choice(self.layer))
        behind = [
            self._value(row, Place(row["subset"], row["batch"])).behind
            for row in numbers.to_dicts()
        ]
        return self.making.figure(
            "agreement",
            numbers.with_columns(behind=pl.Series(behind, dtype=pl.Int64)),
            self._told(),
            self._coefficients(),
            layer=self.layer,
        )

    def _told(self) -> Phrase:
        """From where to where alpha goes over the batches, and what the layer's measures take."""
        words = self.making.words
        alpha = self.table.filter(
            pl.col("measure") == "krippendorff-alpha",
            pl.col("who") == "all",
            pl.col("policy") == self.policies[0],
            pl.col("value").is_not_nan(),
        )["value"]
        key = "none" if alpha.is_empty() else "one" if alpha.len() == 1 else "several"
        told = words.phrase(
            f"agreement.told_{key}",
            layer=words.layer(self.layer),
            low=_short(alpha.min()),
            high=_short(alpha.max()),
        )
        return (*told, *words.phrase("agreement.told_sets")) if self.sets else told

    def _coefficients(self) -> Table:
        """Every measure of all annotators: a row per batch and measure, a column per policy."""
        words = self.making.words
        all_ = self.table.filter(pl.col("who") == "all", pl.col("label").is_null())
        rows: list[list[Shown]] = []
        for place in self.places:
            here = place.of(all_)
            for measure in here["measure"].unique(maintain_order=True):
                of = {row["policy"]: row for row in _of(here, measure=measure)}
                values = [self._value(of.get(policy), place) for policy in self.policies]
                items = self._measured(of[self.policies[0]], place)
                rows.append([self._name(place), self._measure(measure), *values, items])
        heads = [words.say("agreement.batch"), words.say("agreement.measure")]
        if len(self.policies) > 1:
            heads += [words.say(f"agreement.policy_{policy}") for policy in self.policies]
        else:
            heads.append(words.say("agreement.value"))
        caption = words.say("agreement.all", layer=words.layer(self.layer))
        return Table(caption, [*heads, words.say("agreement.items")], rows, head=2)

    def _value(self, row: dict[str, Any] | None, place: Place) -> Number:
        """A figure; a share of items, where no blank counts, leads to them."""
        if row is None or row["measure"] != "exact-match" or row["policy"] != _SKIP:
            return _value(row)
        same = place.of(self.together).filter("same")
        return _value(row, self._ids(same, "same", place).behind)

    def _measured(self, row: dict[str, Any], place: Place) -> Number:
        """How many items a figure rests on."""
        several = place.of(self.together).filter(pl.col("votes") >= 2)
        known = row["policy"] == _SKIP and row["items"] == several.height
        behind = self._ids(several, "several", place).behind if known else None
        return Number(f"{row['items']:,}", behind)

    def _reasons(self) -> Iterator[Paragraph]:
        """Why figures of all annotators are undefined, a line per reason and batch."""
        words = self.making.words
        undefined = self.table.filter(
            pl.col("who") == "all", pl.col("label").is_null(), pl.col("reason").is_not_null()
        )
        lines: dict[tuple[str, str], list[str]] = {}
        for row in undefined.to_dicts():
            place = Place(row["subset"], row["batch"])
            names = lines.setdefault((self._name(place), row["reason"]), [])
            name = self._measure(row["measure"])
            if len(self.policies) > 1:
                policy = words.say(f"agreement.policy_{row['policy']}")
                name = words.say("agreement.under", measure=name, policy=policy)
            if name not in names:
                names.append(name)
        for (place_name, reason), names in list(lines.items())[:MOST]:
            phrase = words.phrase(
                "agreement.reason",
                place=place_name,
                measures=words.say("agreement.comma").join(names),
                reason=said(words, reason),
            )
            yield Paragraph(phrase, "note")

    def _blanks(self, effect: BlankEffect) -> Paragraph:
        """What blanks would change if they were answers."""
        words, place = self.making.words, Place(effect.subset, effect.batch)
        of_all = [one for one in effect.figures if one.who == "all" and one.label is None]
        moved = [one for one in of_all if not abs(one.skip - one.agree) < _MOVES]
        key = "blank_moves" if moved else "blank_little"
        changes = [
            words.say(
                "agreement.change",
                measure=self._measure(one.measure),
                skip=_short(one.skip),
                agree=_short(one.agree),
            )
            for one in sorted(moved, key=lambda one: one.measure != "exact-match")
        ]
        phrase = words.phrase(
            f"agreement.{key}",
            place=self._name(place),
            n=self._blank_rows(place, effect),
            rows=effect.rows,
            nobody=effect.blank_for_all,
            changes=words.say("agreement.comma").join(changes),
            least=_MOVES,
        )
        return Paragraph(phrase, "warning" if moved else "note")

    def _blank_rows(self, place: Place, effect: BlankEffect) -> Number:
        votes = self.making.results.dataset.votes.filter(
            pl.col("layer") == self.layer,
            pl.col("labels").list.len() == 0,
            pl.col("status") != "unsure",
        )
        what = self.making.words.say("agreement.blank_items", place=self._name(place))
        ids = place.of(placed(votes))["item_id"].unique(maintain_order=True)
        return self.making.number(effect.blank_rows, ids, what)

    def _pairs(self) -> Iterator[Block]:
        """A row per pair of annotators; of very many, those with most items in common."""
        words = self.making.words
        every = self.table.filter(
            pl.col("who") != "all", pl.col("label").is_null(), pl.col("policy") == self.policies[0]
        )
        for place in self.places:
            here = place.of(every)
            if here.is_empty():
                continue
            measures = here["measure"].unique(maintain_order=True).to_list()
            sizes = here.group_by("who", maintain_order=True).agg(pl.col("items").max())
            most = sizes.sort("items", descending=True, maintain_order=True).head(MOST)
            given = place.of(self.given)
            rows = []
            for who in sizes.join(most, on="who", how="semi", maintain_order="left")["who"]:
                of = {row["measure"]: row for row in _of(here, who=who)}
                values = [_value(of.get(measure)) for measure in measures]
                rows.append([who, *values, *self._differences(given, who, place)])
            heads = ["agreement.pair", *measures, "agreement.common", "agreement.differing"]
            yield Table(
                words.say("agreement.pairs_of", place=self._name(place)),
                [words.say(h) if h.startswith("agreement.") else self._measure(h) for h in heads],
                rows,
            )
            if sizes.height > MOST:
                left = words.phrase("agreement.pairs_left", n=sizes.height - MOST)
                yield Paragraph(left, "note")

    def _differences(self, given: pl.DataFrame, who: str, place: Place) -> list[Shown]:
        """How many items the two both answered, and on how many their answers differ."""
        words = self.making.words
        one, other = _two(who, given["annotator"].unique().to_list())
        common = both(given, one, other)
        what = words.say("agreement.common_items", place=self._name(place), one=one, other=other)
        differ = common.filter(pl.col("answer") != pl.col("answer_right"))
        notes = (
            f"{one} {self._labels_said(left)} · {other} {self._labels_said(right)}"
            for left, right in differ.select("labels", "labels_right").iter_rows()
        )
        apart = words.say(
            "agreement.differing_items", place=self._name(place), one=one, other=other
        )
        return [
            self.making.number(common.height, common["item_id"], what),
            Number(
                f"{differ.height:,}", self.making.sets.items(differ["item_id"], apart, notes=notes)
            ),
        ]

    def _labels(self) -> Iterator[Block]:
        """Kappa of each label in each batch; a number leads to the items it is contested on."""
        words = self.making.words
        kappa = self.table.filter(
            pl.col("measure") == "label-kappa", pl.col("policy") == self.policies[0]
        )
        if kappa["value"].is_nan().all():
            return
        contested = split_on(self.given)
        order = label_order(self.making.results.dataset, self.layer)
        rows: list[list[Shown]] = []
        for label in order[:MOST_LABELS]:
            name = words.label(self.layer, label)
            row: list[Shown] = [name]
            for place in self.places:
                ids = place.of(contested).filter(pl.col("label") == label)["item_id"]
                what = words.say("agreement.contested_items", place=self._name(place), label=name)
                figure = next(iter(_of(place.of(kappa), label=label)), None)
                row.append(_value(figure, self.making.sets.items(ids, what)))
            rows.append(row)
        heads = [words.say("agreement.label"), *(self._name(place) for place in self.places)]
        caption = words.say("agreement.label_table", layer=words.layer(self.layer))
        yield Table(caption, heads, rows)
        if len(order) > MOST_LABELS:
            left = words.phrase("agreement.labels_left", n=len(order) - MOST_LABELS)
            yield Paragraph(left, "note")

    def _labels_said(self, labels: list[str]) -> str:
        words = self.making.words
        return words.say("agreement.comma").join(words.label(self.layer, one) for one in labels)

    @property
    def _shown(self) -> str:
        return self.making.words.layer(self.layer)

    def _name(self, place: Place) -> str:
        return place.name or self.making.words.say("agreement.everything")

    def _measure(self, name: str) -> str:
        key = f"agreement.{name}"
        if self.making.words.has(key):
            return self.making.words.say(key)
        return next(one.title for one in all_measures() if one.name == name)


def _of(frame: pl.DataFrame, **values: str) -> list[dict[str, Any]]:
    return frame.filter(*(pl.col(key) == value for key, value in values.items())).to_dicts()


def _value(row: dict[str, Any] | None, behind: int | None = None) -> Number:
    """A figure with its interval where it has one."""
    if row is None:
        return Number("–")
    value = _short(row["value"])
    if row["low"] is None or row["low"] != row["low"]:
        return Number(value, behind)
    return Number(f"{value} [{row['low']:.3f}, {row['high']:.3f}]", behind)


def _short(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) and value == value else "–"


def _two(who: str, people: list[str]) -> tuple[str, str]:
    """The two names of a pair ``A1-A2``, whose names may hold a hyphen themselves."""
    parts = who.split("-")
    for cut in range(1, len(parts)):
        one, other = "-".join(parts[:cut]), "-".join(parts[cut:])
        if one in people and other in people:
            return one, other
    return who, ""


SECTION = SectionMaker("agreement", 40, make)
